package guard

import "unsafe"

// At reads a value with no check of bounds.
func At(xs []int32, i int) int32 {
	return *(*int32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(xs)), 4*i))
}
