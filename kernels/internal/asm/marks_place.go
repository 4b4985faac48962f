package asm

import "unsafe"

// distance is how many values end lies behind start, in the same array.
func distance(start, end *uint32) int {
	return int(uintptr(unsafe.Pointer(end))-uintptr(unsafe.Pointer(start))) / 4
}
