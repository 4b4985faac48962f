//go:build !unix

package spill

import (
	"errors"
	"os"
)

func createUnnamed(string) (*os.File, error)          { return nil, errors.ErrUnsupported }
func mapRange(*os.File, int64, int64) ([]byte, error) { return nil, errors.ErrUnsupported }
func unmap([]byte)                                    {}
func punch(*os.File, int64, int64)                    {}
func whereIs(*os.File, int64, int64) place            { return unknown }
