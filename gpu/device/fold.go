package device

import (
	"encoding/binary"
	"fmt"
)

// A Fold makes one state of many elements. States lie in memory as those of
// reductions of package kernels do:
//
//	Sum, Prod       float64 of floats, int64 of the others, which wrap around
//	Min, Max        an element; NaN wins, and −0 is below 0
//	Moments         three float64: count, mean, sum of squared deviations from it
//	ArgMin, ArgMax  two int64: the element, a float as the bits of its float64, and
//	                its position, −1 of no elements; the first of equal ones, or of NaNs
//	Any, All        a bool
type Fold uint8

// The folds. The numbers are those of opcode.h of package cuda.
const (
	FoldSum Fold = iota
	FoldProd
	FoldMin
	FoldMax
	FoldMoments
	FoldArgMin
	FoldArgMax
	FoldAny
	FoldAll
	foldEnd
)

// family returns which kernels do a fold.
func (f Fold) family() string {
	if f >= foldEnd {
		panic(fmt.Sprintf("gpu: fold %d", uint8(f)))
	}
	return [foldEnd]string{"sum", "prod", "extreme", "extreme", "moments", "arg", "arg", "logic", "logic"}[f]
}

func foldKernels() (names []string) {
	for _, f := range []Fold{FoldSum, FoldProd, FoldMin, FoldMoments, FoldArgMin, FoldAny} {
		for _, kernel := range []string{KernelFoldRows, KernelFoldColumns, KernelMerge} {
			names = append(names, kernel+"_"+f.family())
		}
	}
	return names
}

// Float reports whether the type is one of floats.
func (t Type) Float() bool { return t == Float32 || t == Float64 }

// StateSize returns the bytes of a state of elements of type t.
func (f Fold) StateSize(t Type) int {
	switch f {
	case FoldMin, FoldMax:
		return t.Size()
	case FoldMoments:
		return 24
	case FoldArgMin, FoldArgMax:
		return 16
	case FoldAny, FoldAll:
		return 1
	}
	return 8
}

// A Reduction folds the middle axis of an array of Outer×N×Inner elements of a
// type, in row-major order. In what order it does so depends on these numbers
// alone.
type Reduction struct {
	Fold            Fold
	Type            Type
	Outer, N, Inner int64
}

// Launch cuts N into slices of equal length, of which the last may be shorter or
// empty, and writes a state for each: Outer×slices×Inner of them. Positions are
// those in N.
func (r Reduction) Launch(dst, src Ptr, slices int64) Launch {
	states := r.Outer * slices * r.Inner
	args := []uint64{uint64(dst), uint64(src), uint64(r.Type), uint64(r.Fold), uint64(r.Outer), uint64(r.N), uint64(r.Inner), uint64(slices)}
	if r.Inner == 1 { // a block a slice
		return Launch{KernelFoldRows + "_" + r.Fold.family(), [3]int{int(min(states, maxGrid)), 1, 1}, [3]int{threads, 1, 1}, args}
	}
	return loop(KernelFoldColumns+"_"+r.Fold.family(), states, args...)
}

// Merge merges states along the middle axis, one after the other: Outer×N×Inner
// of them at src to Outer×Inner at dst. N is at least 1. Of equal elements of
// ArgMin and ArgMax the one at the lower position stays.
func (r Reduction) Merge(dst, src Ptr) Launch {
	return loop(KernelMerge+"_"+r.Fold.family(), r.Outer*r.Inner,
		uint64(dst), uint64(src), uint64(r.Type), uint64(r.Fold), uint64(r.Outer), uint64(r.N), uint64(r.Inner))
}

// An Axis is one of those that a position counts through, in row-major order: of
// a part of an array, with its place in the whole.
type Axis struct{ Length, Offset, Whole int64 }

// PositionTable returns what Positions reads of the axes, in 64-bit little-endian
// words. It goes to device memory first, and its address into Positions.
func PositionTable(axes []Axis) (b []byte) {
	for _, a := range axes {
		for _, n := range []int64{a.Length, a.Offset, a.Whole} {
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		}
	}
	return b
}

// Positions turns the positions in n states of ArgMin or ArgMax, but for −1, from
// those in the part to those in the whole.
func Positions(states Ptr, n int64, table Ptr, axes int) Launch {
	return loop(KernelPositions, n, uint64(states), uint64(n), uint64(table), uint64(axes))
}
