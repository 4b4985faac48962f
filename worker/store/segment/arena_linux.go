package segment

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// create makes the file and maps it. Readers can map the one that it returns.
func create(size int64) (readers *os.File, memory []byte, err error) {
	fd, err := unix.MemfdCreate("ashlar", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if errors.Is(err, unix.ENOSYS) {
		return nil, nil, fmt.Errorf("%w: the kernel has no memfd", errors.ErrUnsupported)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("memfd: %w", err)
	}
	defer unix.Close(fd)
	// The seal against writers (F_SEAL_FUTURE_WRITE) would keep the owner from
	// giving pages back, so readers get a descriptor that cannot write.
	if err := unix.Fchmod(fd, 0o400); err != nil {
		return nil, nil, fmt.Errorf("memfd: %w", err)
	}
	if readers, err = os.Open(fmt.Sprintf("/proc/self/fd/%d", fd)); err != nil {
		return nil, nil, fmt.Errorf("memfd: %w", err)
	}
	if memory, err = mapAndSeal(fd, size); err != nil {
		readers.Close()
		return nil, nil, err
	}
	return readers, memory, nil
}

func mapAndSeal(fd int, size int64) ([]byte, error) {
	if err := unix.Ftruncate(fd, size); err != nil {
		return nil, fmt.Errorf("memfd: %w", err)
	}
	memory, err := unix.Mmap(fd, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	_ = unix.Madvise(memory, unix.MADV_HUGEPAGE) // where shared memory may have them
	_ = unix.Madvise(memory, unix.MADV_DONTDUMP)
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL); err != nil {
		unmap(memory)
		return nil, fmt.Errorf("sealing: %w", err)
	}
	return memory, nil
}

// punch gives the pages of a part of the file back.
func punch(memory []byte, at, size int64) {
	if err := unix.Madvise(memory[at:at+size], unix.MADV_REMOVE); err != nil {
		// The extent counts as clean from now on.
		clear(memory[at : at+size])
	}
}

func unmap(memory []byte) { _ = unix.Munmap(memory) }
