package kernels

import (
	"fmt"
	"math"
	"math/bits"
)

// Random returns the part of a random array that s describes. Uniform and
// Normal come as Float64 or Float32, Integers as any type of real numbers that
// holds them. Every element takes 64 bits of its own of Philox4x32-10, keyed
// by the seed and counted by the row-major index of the element in the whole
// array and the stream. Normal numbers are made in pairs, elements 2i and 2i+1,
// by Box and Muller, "A note on the generation of random normal deviates"
// (1958), and reach 8.5 standard deviations. Integers are off uniform by less than
// (B−A)/2⁶⁴. Products are rounded before they are added, so that processors with
// fused multiply-add give the same. Errors: ErrShape, ErrDType, ErrRange for bounds that make no
// sense, ErrMemory.
func Random(mem Allocator, s RandomSpec) (*Block, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	out, err := NewBlock(mem, s.DType, s.Shape...)
	if err != nil {
		return nil, err
	}
	if out.size == 0 {
		return out, nil
	}
	switch s.DType {
	case Float64:
		fillRows(s, Data[float64](out))
	case Float32:
		fillRows(s, Data[float32](out))
	case Int64:
		fillRows(s, Data[int64](out))
	case Int32:
		fillRows(s, Data[int32](out))
	case Uint8:
		fillRows(s, Data[uint8](out))
	}
	return out, nil
}

// Check returns what is wrong with a spec, as Random does.
func (s RandomSpec) Check() error {
	bad := len(s.Global) != len(s.Shape) || len(s.Global) != len(s.Offset)
	for i := 0; !bad && i < len(s.Global); i++ {
		bad = s.Shape[i] < 0 || s.Offset[i] < 0 || s.Offset[i]+s.Shape[i] > s.Global[i]
	}
	if bad {
		return fmt.Errorf("%w: random: part %v at %v of %v", ErrShape, s.Shape, s.Offset, s.Global)
	}
	if s.Dist != Integers {
		if s.Dist >= distEnd || !s.DType.IsFloat() {
			return fmt.Errorf("%w: random: %v numbers as %v", ErrDType, s.Dist, s.DType)
		}
		if r := s.B - s.A; s.Dist == Uniform && !(s.A <= s.B && r-r == 0) || s.Dist == Normal && !(s.B >= 0 && s.A-s.A+s.B-s.B == 0) {
			return fmt.Errorf("%w: random: %v numbers with parameters %v and %v", ErrRange, s.Dist, s.A, s.B)
		}
		return nil
	}
	most := map[DType]float64{Float64: 1 << 53, Float32: 1 << 24, Int64: 1 << 53, Int32: 1 << 31, Uint8: 1 << 8}[s.DType]
	least := -most
	if s.DType == Uint8 {
		least = 0
	}
	if most == 0 {
		return fmt.Errorf("%w: random: integers as %v", ErrDType, s.DType)
	}
	if !(s.A < s.B && s.A >= least && s.B <= most && s.A == math.Trunc(s.A) && s.B == math.Trunc(s.B)) {
		return fmt.Errorf("%w: random: integers from %v up to, not including, %v as %v", ErrRange, s.A, s.B, s.DType)
	}
	return nil
}

// fillRows fills the part row by row: along the last axis elements follow each
// other in the whole array as well.
func fillRows[T Real](s RandomSpec, data []T) {
	last := len(s.Shape) - 1
	if last < 0 {
		fillRow(s, data, 0)
		return
	}
	at := make([]int, last) // position in the part, without the last axis
	for n := s.Shape[last]; len(data) > 0; data = data[n:] {
		index := uint64(0)
		for i, k := range at {
			index = index*uint64(s.Global[i]) + uint64(k+s.Offset[i])
		}
		fillRow(s, data[:n], index*uint64(s.Global[last])+uint64(s.Offset[last]))
		for i := last - 1; i >= 0; i-- {
			if at[i]++; at[i] < s.Shape[i] {
				break
			}
			at[i] = 0
		}
	}
}

// fillRow fills neighbouring elements, the first of which has the given index.
func fillRow[T Real](s RandomSpec, row []T, index uint64) {
	pair := pairOf[T](s)
	if index&1 == 1 && len(row) > 0 {
		_, row[0] = pair(randomPair(s.Seed, s.Stream, index/2))
		row, index = row[1:], index+1
	}
	for ; len(row) >= 2; row, index = row[2:], index+2 {
		row[0], row[1] = pair(randomPair(s.Seed, s.Stream, index/2))
	}
	if len(row) == 1 {
		row[0], _ = pair(randomPair(s.Seed, s.Stream, index/2))
	}
}

// pairOf returns what makes two elements of 64 random bits each.
func pairOf[T Real](s RandomSpec) func(x, y uint64) (T, T) {
	switch s.Dist {
	case Uniform:
		scale := s.B - s.A
		if DTypeOf[T]() == Float32 {
			// 24 bits, so that the nearest float32 is never 1 itself.
			one := func(x uint64) T {
				return below(T(s.A)+T(float32(float32(x>>40)*0x1p-24*float32(scale))), T(s.B), T(s.A))
			}
			return func(x, y uint64) (T, T) { return one(x), one(y) }
		}
		one := func(x uint64) T { return below(T(s.A+float64(unit(x)*scale)), T(s.B), T(s.A)) }
		return func(x, y uint64) (T, T) { return one(x), one(y) }
	case Normal:
		return func(x, y uint64) (T, T) {
			// 1 − u is in (0, 1], where the logarithm is finite.
			r := s.B * math.Sqrt(-2*math.Log(1-unit(x)))
			sin, cos := math.Sincos(2 * math.Pi * unit(y))
			return T(s.A + float64(r*cos)), T(s.A + float64(r*sin))
		}
	}
	lo, n := int64(s.A), uint64(int64(s.B)-int64(s.A))
	one := func(x uint64) T {
		hi, _ := bits.Mul64(x, n)
		return T(lo + int64(hi))
	}
	return func(x, y uint64) (T, T) { return one(x), one(y) }
}

// unit returns a number in [0, 1) of 53 random bits.
func unit(x uint64) float64 { return float64(x>>11) * 0x1p-53 }

// below returns x, or lo if rounding has taken x up to the open end hi of a range.
func below[T Real](x, hi, lo T) T {
	if x >= hi {
		return lo
	}
	return x
}
