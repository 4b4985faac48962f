package kernels

import "fmt"

// ScanSpec says how to reduce every prefix of an array of elements of type
// DType along Axis: by Sum, Prod, Min or Max.
type ScanSpec struct {
	Op    ReduceOp
	DType DType
	Axis  int
}

// Append appends the encoding of s.
func (s ScanSpec) Append(b []byte) []byte {
	return appendInts(append(b, byte(s.Op), byte(s.DType)), s.Axis)
}

// ParseScanSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseScanSpec(b []byte) (ScanSpec, error) {
	r := specReader{rest: b}
	s := ScanSpec{Op: ReduceOp(r.enum("scan", byte(Max)+1)), DType: r.dtype()}
	if axis := r.ints(); len(axis) == 1 && axis[0] >= 0 {
		s.Axis = axis[0]
	} else {
		r.fail(fmt.Sprintf("axis %v", axis))
	}
	return s, r.done("scan")
}
