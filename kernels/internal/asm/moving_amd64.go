//go:build !noasm

package asm

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"
)

var bmi2 = cpuid.CPU.Supports(cpuid.BMI2)

func hasExtract(l Level) bool { return l != Portable && bmi2 }

func compressorFor[E Packed](l Level) func(words int, dst, src unsafe.Pointer, mask *uint64) int {
	var zero E
	switch size := unsafe.Sizeof(zero); {
	case l == Portable:
		return nil
	case size == 8:
		run := compress64[l]
		return func(words int, dst, src unsafe.Pointer, mask *uint64) int {
			return run(words, (*uint64)(dst), (*uint64)(src), mask)
		}
	case size == 4:
		run := compress32[l]
		return func(words int, dst, src unsafe.Pointer, mask *uint64) int {
			return run(words, (*uint32)(dst), (*uint32)(src), mask)
		}
	}
	return nil
}

func transposeFor[E uint32 | uint64](l Level) transposeRoutine[E] {
	if l == Portable {
		return transposeRoutine[E]{}
	}
	var all any = transpose64[l]
	if _, ok := any(E(0)).(uint32); ok {
		all = transpose32[l]
	}
	return all.(transposeRoutine[E])
}
