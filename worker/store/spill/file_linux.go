package spill

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// punch gives the blocks of a part of the file back, where the file system can.
func punch(f *os.File, at, size int64) {
	_ = unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, at, size)
}

// createUnnamed creates a file that never has a name, where the file system can:
// then no crash leaves anything behind.
func createUnnamed(dir string) (*os.File, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	switch {
	case err == nil:
		return os.NewFile(uintptr(fd), dir), nil
	case errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EISDIR) || errors.Is(err, unix.EINVAL):
		return createRemoved(dir)
	}
	return nil, &os.PathError{Op: "open", Path: dir, Err: err}
}

// whereIs says where a part of the file is.
func whereIs(f *os.File, at, size int64) place {
	var st unix.Cachestat_t
	if err := unix.Cachestat(uint(f.Fd()), &unix.CachestatRange{Off: uint64(at), Len: uint64(size)}, &st, 0); err != nil {
		return unknown // Linux before 6.5
	}
	if page := int64(os.Getpagesize()); int64(st.Cache) < (size+page-1)/page {
		return onDisk
	}
	return cached
}
