package asm

import "math/bits"

// TextSpare is how many bytes more than the strings the result of [CompressTexts]
// has to have room for, and TextSpareEnds how many ends.
const (
	TextSpare     = 64
	TextSpareEnds = 16
)

// CompressTexts packs the strings whose bit is set in mask: string i is
// src[from[i]:from[i+1]], offsets that never fall; bits beyond the last are 0. They
// go behind end of dst, and where each ends to ends. It does words of bits from
// the first on, as far as it can by whole registers (not where strings are very
// long, nor at the end of anything, nor at the level Portable), and returns how
// many words, how many strings, and where these end.
func CompressTexts(l Level, ends []int32, dst []byte, from []int32, src []byte, mask []uint64, end int) (words, count, now int) {
	run := textsFor(l)
	all := min(len(mask), (len(from)-1-TextSpareEnds)/64)
	if run == nil || all <= 0 || len(src) == 0 || len(dst) == 0 {
		return 0, 0, end
	}
	for words < all {
		n, ones := min(stretch/64, all-words), 0
		for _, w := range mask[words : words+n] {
			ones += bits.OnesCount64(w)
		}
		if len(ends)-count < ones+TextSpareEnds {
			break
		}
		left, at := run(n, &mask[words], &from[64*words], &src[0], len(src), &dst[0], len(dst), &ends[count], end)
		for _, w := range mask[words+n-left : words+n] {
			ones -= bits.OnesCount64(w)
		}
		words, count, end = words+n-left, count+ones, at
		if left > 0 {
			break
		}
	}
	return words, count, end
}

type textsRoutine func(words int, mask *uint64, from *int32, src *byte, size int, dst *byte, room int, ends *int32, end int) (left, now int)
