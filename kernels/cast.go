package kernels

import (
	"fmt"
	"math"
)

// AsType converts the elements of b: b itself, with another reference, if it
// has the type already. Floats are truncated towards zero, and one that the
// integer type cannot hold is ErrRange with its position; integers wrap around;
// to Bool, whatever is not zero is true; complex numbers convert to nothing
// else but Bool. Errors: ErrRange, ErrDType, ErrMemory.
func AsType(mem Allocator, b *Block, t DType) (*Block, error) {
	if b.dtype == t {
		b.Retain()
		return b, nil
	}
	if !t.Valid() || b.dtype == Complex128 && t != Bool {
		return nil, fmt.Errorf("%w: %v as %v", ErrDType, b, t)
	}
	src, err := Contiguous(mem, b)
	if err != nil {
		return nil, err
	}
	defer src.Release()
	out, err := NewBlock(mem, t, b.shape...)
	if err != nil {
		return nil, err
	}
	if i := convert(out, src); i >= 0 {
		out.Release()
		return nil, fmt.Errorf("%w: element %d of %v as %v", ErrRange, i, b, t)
	}
	return out, nil
}

// convert writes the elements of src to dst and returns the number of the
// first that does not fit, or -1.
func convert(dst, src *Block) int {
	switch src.dtype {
	case Float64:
		return convertFrom(dst, Data[float64](src))
	case Float32:
		return convertFrom(dst, Data[float32](src))
	case Int64:
		return convertFrom(dst, Data[int64](src))
	case Int32:
		return convertFrom(dst, Data[int32](src))
	case Uint8:
		return convertFrom(dst, Data[uint8](src))
	case Bool: // whose bytes are the numbers 0 and 1
		return convertFrom(dst, reinterpret[uint8](Payload(src)))
	}
	to := Data[bool](dst)
	for i, x := range Data[complex128](src) {
		to[i] = x != 0
	}
	return -1
}

func convertFrom[S Real](dst *Block, src []S) int {
	switch dst.dtype {
	case Float64:
		return convertTo(Data[float64](dst), src)
	case Float32:
		return convertTo(Data[float32](dst), src)
	case Int64:
		return convertInt(Data[int64](dst), src, -0x1p63, 0x1p63)
	case Int32:
		return convertInt(Data[int32](dst), src, -0x1p31, 0x1p31)
	case Uint8:
		return convertInt(Data[uint8](dst), src, 0, 0x1p8)
	case Bool:
		to := Data[bool](dst)
		for i, x := range src {
			to[i] = x != 0
		}
	case Complex128:
		to := Data[complex128](dst)
		for i, x := range src {
			to[i] = complex(float64(x), 0)
		}
	}
	return -1
}

func convertTo[D, S Real](dst []D, src []S) int {
	for i, x := range src {
		dst[i] = D(x)
	}
	return -1
}

// convertInt converts to an integer type that holds the whole numbers from lo
// up to, not including, hi.
func convertInt[D, S Real](dst []D, src []S, lo, hi float64) int {
	if !DTypeOf[S]().IsFloat() {
		return convertTo(dst, src)
	}
	for i, x := range src {
		if f := math.Trunc(float64(x)); !(f >= lo && f < hi) {
			return i
		}
		dst[i] = D(x)
	}
	return -1
}
