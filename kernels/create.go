package kernels

import "fmt"

// A Pattern is what a created block holds.
type Pattern uint8

// The patterns, with what A and B of a [CreateSpec] mean.
const (
	Constant Pattern = iota // A everywhere
	Ramp                    // A + B·i for the index i of the element, along one axis
	Identity                // 1 where row and column are the same, else 0
	patternEnd
)

// String names the pattern.
func (p Pattern) String() string {
	if p < patternEnd {
		return [patternEnd]string{"constant", "ramp", "identity"}[p]
	}
	return fmt.Sprintf("pattern(%d)", uint8(p))
}

// CreateSpec says what [Create] fills a block of the given Shape with: the part at
// Offset of an array. A constant has no Offset.
type CreateSpec struct {
	Pattern       Pattern
	DType         DType
	A, B          float64
	Shape, Offset []int
}

// Append appends the encoding of s.
func (s CreateSpec) Append(b []byte) []byte {
	b = appendFloat(appendFloat(append(b, byte(s.Pattern), byte(s.DType)), s.A), s.B)
	return appendInts(appendInts(b, s.Shape...), s.Offset...)
}

// ParseCreateSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseCreateSpec(b []byte) (CreateSpec, error) {
	r := specReader{rest: b}
	s := CreateSpec{Pattern: Pattern(r.enum("pattern", byte(patternEnd))), DType: r.dtype(), A: r.float(), B: r.float()}
	s.Shape, s.Offset = r.lengths("shape"), r.lengths("offset")
	if axes := []int{len(s.Shape), 1, 2}[s.Pattern%patternEnd]; len(s.Shape) != axes || s.Pattern != Constant && len(s.Offset) != axes {
		r.fail(fmt.Sprintf("%v of shape %v at %v", s.Pattern, s.Shape, s.Offset))
	}
	return s, r.done("create")
}

// Create makes the block that s describes: in Float64, then converted. Errors:
// ErrRange for what the type does not hold, ErrDType, ErrMemory.
func Create(mem Allocator, s CreateSpec) (*Block, error) {
	wide, err := Zeros(mem, Float64, s.Shape...)
	if err != nil {
		return nil, err
	}
	defer wide.Release()
	s.fill(Data[float64](wide))
	return AsType(mem, wide, s.DType)
}

// fill sets the elements, which are zero, to the pattern.
func (s CreateSpec) fill(x []float64) {
	switch s.Pattern {
	case Constant:
		for i := range x {
			x[i] = s.A
		}
	case Ramp:
		for i := range x {
			x[i] = s.A + float64(s.B*float64(s.Offset[0]+i))
		}
	case Identity:
		for i, j, n := s.Diagonal(); n > 0; i, j, n = i+1, j+1, n-1 {
			x[i*s.Shape[1]+j] = 1
		}
	}
}

// Diagonal returns where in the block the ones of an identity begin, and how many
// there are.
func (s CreateSpec) Diagonal() (row, column, n int) {
	row, column = max(0, s.Offset[1]-s.Offset[0]), max(0, s.Offset[0]-s.Offset[1])
	return row, column, max(0, min(s.Shape[0]-row, s.Shape[1]-column))
}
