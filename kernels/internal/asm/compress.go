package asm

import (
	"math/bits"
	"unsafe"
)

// Packed is what values are as they are packed: so many bytes.
type Packed interface {
	uint8 | uint16 | uint32 | uint64 | [2]uint64 | [4]uint64
}

// CompressSpare is how many bytes more than the values take the result of
// [Compress] has to have room for.
const CompressSpare = 64

// Compress writes to dst the values of src whose bit is set in mask, in order,
// and returns how many. Bit i%64 of mask[i/64] is that of value i; the bits
// beyond the last value are 0. dst has room for [CompressSpare] bytes more, which
// may be written.
func Compress[E Packed](l Level, dst, src []E, mask []uint64) int {
	whole := len(src) / 64
	n := compressWhole(l, dst, src[:whole*64], mask[:whole])
	if whole*64 < len(src) {
		n += compressPortable(dst[n:], src[whole*64:], mask[whole])
	}
	return n
}

func compressWhole[E Packed](l Level, dst, src []E, mask []uint64) (n int) {
	run := compressorFor[E](l)
	if run == nil {
		for i, w := range mask {
			n += compressPortable(dst[n:], src[i*64:i*64+64], w)
		}
		return n
	}
	for at := 0; at < len(mask); at += stretch / 64 {
		words := min(stretch/64, len(mask)-at)
		ones := 0
		for _, w := range mask[at : at+words] {
			ones += bits.OnesCount64(w)
		}
		var zero E
		if len(dst)-n < ones+CompressSpare/int(unsafe.Sizeof(zero)) {
			panic("asm: no room for what is packed")
		}
		n += run(words, unsafe.Pointer(&dst[n]), unsafe.Pointer(&src[at*64]), &mask[at])
	}
	return n
}

// compressPortable packs up to 64 values without a branch that depends on the
// mask, but for words that are all 0 or all 1. It writes one value too many.
func compressPortable[E Packed](dst, src []E, mask uint64) (n int) {
	switch mask {
	case 0:
		return 0
	case ^uint64(0):
		return copy(dst, src)
	}
	for i, v := range src {
		dst[n] = v
		n += int(mask >> (i & 63) & 1)
	}
	return n
}

// Extract packs the bits of x that are set in mask into the lowest ones.
func Extract(l Level, x, mask uint64) uint64 {
	if hasExtract(l) {
		return extractBMI2(x, mask)
	}
	var packed uint64
	for at := 0; mask != 0; at, mask = at+1, mask&(mask-1) {
		packed |= x >> bits.TrailingZeros64(mask) & 1 << at
	}
	return packed
}
