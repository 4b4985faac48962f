//go:build !linux

package outofcore

import (
	"errors"
	"fmt"
)

func peakOf(int) (int64, error) {
	return 0, fmt.Errorf("what a process has resident: %w", errors.ErrUnsupported)
}

func resetPeakOf(pid int) error {
	_, err := peakOf(pid)
	return err
}
