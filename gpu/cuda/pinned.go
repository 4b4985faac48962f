//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

// #include <cuda.h>
import "C"

import (
	"fmt"
	"unsafe"

	"gorgonia.org/cu"
)

// AllocHost implements device.Device.
func (d *Device) AllocHost(bytes int64) ([]byte, error) {
	var p unsafe.Pointer
	err := d.do("pin host memory", func() error { return result("cuMemAllocHost", C.cuMemAllocHost(&p, C.size_t(bytes))) })
	if err != nil {
		return nil, err
	}
	b := unsafe.Slice((*byte)(p), bytes)
	d.pinned.Add(b)
	return b, nil
}

// FreeHost implements device.Device.
func (d *Device) FreeHost(b []byte) {
	d.pinned.Remove(b)
	p := unsafe.Pointer(unsafe.SliceData(b))
	_ = d.do("free pinned host memory", func() error { return cu.MemFreeHost(p) }) // do keeps a failure
}

// result is the error of a call that package cu does not make. Whatever ends the
// context is what the next call of package cu says as well.
func result(call string, r C.CUresult) error {
	switch r {
	case C.CUDA_SUCCESS:
		return nil
	case C.CUDA_ERROR_OUT_OF_MEMORY:
		return cu.OutOfMemory
	}
	return fmt.Errorf("%s returned %d", call, int(r))
}
