package cuda

import "errors"

// ErrNoDriver: this program or this machine has no CUDA driver.
var ErrNoDriver = errors.New("no CUDA driver")

// Options describe how a device is used.
type Options struct {
	// Limit is how much device memory may be in use at a time, in bytes;
	// 0 is nine tenths of what is free when the device is opened.
	Limit int64
	// CuBLAS is the path or name of the cuBLAS that multiplies matrices. The empty
	// string looks for versions 13, 12 and 11 by name, and without any that works
	// the kernels here do; [NoCuBLAS] is these in any case.
	CuBLAS string
	// TF32 lets cuBLAS round the factors of float32 products to 10 bits of
	// fraction, which tensor cores multiply faster. It wants cuBLAS.
	TF32 bool
}

// NoCuBLAS, as Options.CuBLAS, leaves products to the kernels here.
const NoCuBLAS = "none"
