//go:build unix

package spill

import (
	"os"

	"golang.org/x/sys/unix"
)

// createRemoved creates a file and removes its name. A crash in between leaves an
// empty file.
func createRemoved(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "ashlar-spill-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func mapRange(f *os.File, at, n int64) ([]byte, error) {
	b, err := unix.Mmap(int(f.Fd()), at, int(n), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	_ = unix.Madvise(b, unix.MADV_WILLNEED)
	return b, nil
}

func unmap(b []byte) { _ = unix.Munmap(b) }
