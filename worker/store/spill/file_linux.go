package spill

import (
	"os"

	"golang.org/x/sys/unix"
)

// punch gives the blocks of a part of the file back, where the file system can.
func punch(f *os.File, at, size int64) {
	_ = unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, at, size)
}
