package codes

import (
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Spare is how many bytes behind those of the codes Unpack may read.
const Spare = asm.UnpackSpare

// Unpack writes codes of width bits, 32 at most, and returns the greatest, as a
// number without a sign. Code i is in the bits of src from i*width on, the lowest
// first. src has Spare bytes more than the codes take.
func Unpack(dst []int32, src []byte, width uint) (most uint32) {
	return asm.Unpack(asm.Best(), unsigned(dst), src, width)
}

// Pick writes words[c] for each code c. All codes are at most most, which Unpack
// has told and is less than there are words.
func Pick[E any](dst, words []E, codes []int32, most uint32) {
	var zero E
	switch unsafe.Sizeof(zero) {
	case 4:
		asm.Pick(asm.Best(), as[uint32](dst), as[uint32](words), unsigned(codes), most)
	case 8:
		asm.Pick(asm.Best(), as[uint64](dst), as[uint64](words), unsigned(codes), most)
	default:
		for i, c := range codes {
			dst[i] = words[c]
		}
	}
}

func unsigned(codes []int32) []uint32 { return as[uint32](codes) }

// as is values as others of the same size.
func as[U, E any](x []E) []U {
	return unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}
