package kernels

import "fmt"

// ReduceOp is a way to make one number of many.
type ReduceOp uint8

// The reductions. Sums of Float32 are added up as Float64, sums of integers
// and bools as Int64. NaN wins in Min, Max, ArgMin and ArgMax, as in numpy;
// of equal elements ArgMin and ArgMax name the first.
const (
	Sum ReduceOp = iota
	Prod
	Min
	Max
	Mean
	Var // divided by the number of elements less DDof
	Std // square root of Var
	ArgMin
	ArgMax
	Any // some element is not zero
	All // no element is zero
	// The norms of a vector, Float64 but of Float32: the sum of the absolute
	// values, the square root of the sum of the squares, which neither
	// overflows nor underflows on the way, and the greatest absolute value.
	Norm1
	Norm2
	NormInf
	reduceEnd
)

// String names the reduction as numpy does.
func (op ReduceOp) String() string {
	if op < reduceEnd {
		return [reduceEnd]string{"sum", "prod", "min", "max", "mean", "var", "std", "argmin", "argmax", "any", "all", "norm1", "norm2", "norminf"}[op]
	}
	return fmt.Sprintf("reduce(%d)", uint8(op))
}

// ReduceSpec says how to reduce an array of elements of type DType over Axes,
// which ascend. With KeepDims reduced axes stay, with length 1.
//
// For ArgMin and ArgMax of a part of an array, Global is the shape of the
// whole and Offset the place of the part in it: the answer is the position
// along the reduced axis, or, over several, the row-major position within
// them, in the whole array. Both are empty where the block is the whole array,
// and they matter to [Partial] only.
type ReduceSpec struct {
	Op             ReduceOp
	DType          DType
	Axes           []int
	KeepDims       bool
	DDof           int
	Global, Offset []int
}

// Append appends the encoding of s.
func (s ReduceSpec) Append(b []byte) []byte {
	b = appendFlags(append(b, byte(s.Op), byte(s.DType)), s.KeepDims)
	b = appendInts(appendInts(b, s.Axes...), s.DDof)
	return appendInts(appendInts(b, s.Global...), s.Offset...)
}

// ParseReduceSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseReduceSpec(b []byte) (ReduceSpec, error) {
	r := specReader{rest: b}
	s := ReduceSpec{Op: ReduceOp(r.enum("reduction", byte(reduceEnd))), DType: r.dtype()}
	r.flags(&s.KeepDims)
	s.Axes = r.lengths("axes")
	if ddof := r.ints(); len(ddof) == 1 && ddof[0] >= 0 {
		s.DDof = ddof[0]
	} else {
		r.fail(fmt.Sprintf("ddof %v", ddof))
	}
	s.Global, s.Offset = r.lengths("shape"), r.lengths("offset")
	if len(s.Global) != len(s.Offset) {
		r.fail(fmt.Sprintf("shape %v with offset %v", s.Global, s.Offset))
	}
	return s, r.done("reduce")
}
