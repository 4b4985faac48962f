package asm

import (
	"encoding/binary"
	"fmt"
	"unsafe"
)

// UnpackSpare is how many bytes behind the values [Unpack] may read.
const UnpackSpare = 16

// Unpack writes values of width bits, 32 at most, and returns the greatest. Value
// i is in the bits of src from i*width on, the lowest first. src has
// [UnpackSpare] bytes more.
func Unpack(l Level, dst []uint32, src []byte, width uint) (most uint32) {
	if size := (uint(len(dst))*width + 7) / 8; width > 32 || uint(len(src)) < size+UnpackSpare {
		panic(fmt.Sprintf("asm: %d values of %d bits out of %d bytes, with those behind them", len(dst), width, len(src)))
	}
	if width == 0 {
		clear(dst)
		return 0
	}
	if l != Portable && width <= unpackWidest {
		for len(dst) >= 8 {
			groups := min(len(dst)/8, stretch/8)
			most = max(most, unpackGroups(groups, dst, src, width))
			dst, src = dst[8*groups:], src[groups*int(width):]
		}
	}
	return max(most, unpackPortable(dst, src, width))
}

func unpackPortable(dst []uint32, src []byte, width uint) (most uint32) {
	mask := uint64(1)<<width - 1
	for i := range dst {
		bit := uint(i) * width
		v := uint32(binary.LittleEndian.Uint64(src[bit/8:]) >> (bit % 8) & mask)
		dst[i] = v
		most = max(most, v)
	}
	return most
}

// unpackWidest is how wide values may be of which four lie in sixteen bytes, and
// one in four, wherever they start.
const unpackWidest = 25

// unpackTables has, for each width, where the bytes of eight lanes are among the
// sixteen of their half, how far each is shifted, and a mask.
var unpackTables = func() (tables [unpackWidest + 1][24]uint32) {
	for width := range uint32(len(tables)) {
		for lane := range uint32(8) {
			bit := lane % 4 * width
			if lane >= 4 {
				bit += 4 * width % 8
			}
			at := bit / 8
			tables[width][lane] = at | (at+1)<<8 | (at+2)<<16 | (at+3)<<24
			tables[width][8+lane] = bit % 8
			tables[width][16+lane] = 1<<width - 1
		}
	}
	return tables
}()

// Pick writes the word of each code. All codes are at most most, which is less
// than there are words. Words that do not fit in registers are loaded one by one:
// gathering them in AVX-512 took as long (0.4 to 0.65 ns on Zen 4).
func Pick[E uint32 | uint64](l Level, dst, words []E, codes []uint32, most uint32) {
	if len(dst) < len(codes) || int64(most) >= int64(len(words)) && len(codes) > 0 {
		panic(fmt.Sprintf("asm: %d codes up to %d of %d words for %d", len(codes), most, len(words), len(dst)))
	}
	if len(codes) == 0 {
		return
	}
	if w, ok := any(words).([]uint32); ok && len(words) <= pickMost {
		done := pickFew(l, any(dst).([]uint32), w, codes)
		dst, codes = dst[done:], codes[done:]
	}
	from := unsafe.Pointer(unsafe.SliceData(words))
	var zero E
	size := unsafe.Sizeof(zero)
	for len(codes) >= 4 && len(dst) >= 4 {
		a, b, c, d := uintptr(codes[0]), uintptr(codes[1]), uintptr(codes[2]), uintptr(codes[3])
		dst[0] = *(*E)(unsafe.Add(from, a*size))
		dst[1] = *(*E)(unsafe.Add(from, b*size))
		dst[2] = *(*E)(unsafe.Add(from, c*size))
		dst[3] = *(*E)(unsafe.Add(from, d*size))
		codes, dst = codes[4:], dst[4:]
	}
	for i, c := range codes {
		dst[i] = *(*E)(unsafe.Add(from, uintptr(c)*size))
	}
}

// pickMost is how many words stay in registers.
const pickMost = 128
