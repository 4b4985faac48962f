//go:build !linux

package segment

import (
	"errors"
	"fmt"
	"os"
)

func create(int64) (*os.File, []byte, error) {
	return nil, nil, fmt.Errorf("%w on this system", errors.ErrUnsupported)
}

func punch([]byte, int64, int64) {}

func unmap([]byte) {}
