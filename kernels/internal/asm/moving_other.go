//go:build !amd64 || noasm

package asm

import "unsafe"

func hasExtract(Level) bool { return false }

func extractBMI2(uint64, uint64) uint64 { panic("asm: no such instruction here") }

func compressorFor[E Packed](Level) func(words int, dst, src unsafe.Pointer, mask *uint64) int {
	return nil
}

func transposeFor[E uint32 | uint64](Level) transposeRoutine[E] { return transposeRoutine[E]{} }
