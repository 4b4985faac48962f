package kernels

import "fmt"

// SliceSpec cuts a block: along axis i it takes Count[i] positions, Start[i],
// Start[i]+Step[i] and so on; where Drop[i] is set Count[i] is 1 and the axis
// goes away. Step may be negative. All lists have an entry an axis.
type SliceSpec struct {
	Start, Count, Step []int
	Drop               []bool
}

// Append appends the encoding of s.
func (s SliceSpec) Append(b []byte) []byte {
	drop := make([]int, len(s.Drop))
	for i, d := range s.Drop {
		if d {
			drop[i] = 1
		}
	}
	return appendInts(appendInts(appendInts(appendInts(b, s.Start...), s.Count...), s.Step...), drop...)
}

// ParseSliceSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseSliceSpec(b []byte) (SliceSpec, error) {
	r := specReader{rest: b}
	s := SliceSpec{Start: r.ints(), Count: r.lengths("count"), Step: r.ints()}
	for _, d := range r.ints() {
		if d&^1 != 0 {
			r.fail(fmt.Sprintf("drop flag %d", d))
		}
		s.Drop = append(s.Drop, d == 1)
	}
	if n := len(s.Start); len(s.Count) != n || len(s.Step) != n || len(s.Drop) != n {
		r.fail(fmt.Sprintf("lists of %d, %d, %d and %d axes", n, len(s.Count), len(s.Step), len(s.Drop)))
	}
	return s, r.done("slice")
}

// TransposeSpec permutes axes: axis i of the result is axis Axes[i].
type TransposeSpec struct{ Axes []int }

// Append appends the encoding of s.
func (s TransposeSpec) Append(b []byte) []byte { return appendInts(b, s.Axes...) }

// ParseTransposeSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseTransposeSpec(b []byte) (TransposeSpec, error) {
	r := specReader{rest: b}
	s := TransposeSpec{Axes: r.ints()}
	return s, r.done("transpose")
}

// ReshapeSpec gives a block another shape of the same size.
type ReshapeSpec struct{ Shape []int }

// Append appends the encoding of s.
func (s ReshapeSpec) Append(b []byte) []byte { return appendInts(b, s.Shape...) }

// ParseReshapeSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseReshapeSpec(b []byte) (ReshapeSpec, error) {
	r := specReader{rest: b}
	s := ReshapeSpec{Shape: r.lengths("shape")}
	return s, r.done("reshape")
}

// BroadcastSpec repeats a block to a shape as numpy does.
type BroadcastSpec struct{ Shape []int }

// Append appends the encoding of s.
func (s BroadcastSpec) Append(b []byte) []byte { return appendInts(b, s.Shape...) }

// ParseBroadcastSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseBroadcastSpec(b []byte) (BroadcastSpec, error) {
	r := specReader{rest: b}
	s := BroadcastSpec{Shape: r.lengths("shape")}
	return s, r.done("broadcast")
}

// ConcatSpec joins blocks along Axis, or, with Stack, along a new axis put
// before it.
type ConcatSpec struct {
	Axis  int
	Stack bool
}

// Append appends the encoding of s.
func (s ConcatSpec) Append(b []byte) []byte {
	return appendInts(appendFlags(b, s.Stack), s.Axis)
}

// ParseConcatSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseConcatSpec(b []byte) (ConcatSpec, error) {
	var s ConcatSpec
	r := specReader{rest: b}
	r.flags(&s.Stack)
	axis := r.ints()
	if len(axis) != 1 || axis[0] < 0 {
		r.fail(fmt.Sprintf("axis %v", axis))
		return s, r.done("concat")
	}
	s.Axis = axis[0]
	return s, r.done("concat")
}

// TakeSpec names positions along an axis, in any order and number, for [TakeFrom]
// and [Scatter].
type TakeSpec struct {
	Axis    int
	Indices []int
}

// Append appends the encoding of s.
func (s TakeSpec) Append(b []byte) []byte {
	return appendInts(appendInts(b, s.Axis), s.Indices...)
}

// ParseTakeSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseTakeSpec(b []byte) (TakeSpec, error) {
	r := specReader{rest: b}
	axis := r.ints()
	s := TakeSpec{Indices: r.lengths("indices")}
	if len(axis) != 1 || axis[0] < 0 {
		r.fail(fmt.Sprintf("axis %v", axis))
		return s, r.done("take")
	}
	s.Axis = axis[0]
	return s, r.done("take")
}

// CastSpec converts elements to a type.
type CastSpec struct{ To DType }

// Append appends the encoding of s.
func (s CastSpec) Append(b []byte) []byte { return append(b, byte(s.To)) }

// ParseCastSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseCastSpec(b []byte) (CastSpec, error) {
	r := specReader{rest: b}
	s := CastSpec{To: r.dtype()}
	return s, r.done("cast")
}

// AssembleSpec puts blocks together, in the row-major order of their places: along
// each axis those of the given lengths, one after the other.
type AssembleSpec struct{ Lengths [][]int }

// Append appends the encoding of s.
func (s AssembleSpec) Append(b []byte) []byte {
	b = appendInts(b, len(s.Lengths))
	for _, axis := range s.Lengths {
		b = appendInts(b, axis...)
	}
	return b
}

// ParseAssembleSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseAssembleSpec(b []byte) (AssembleSpec, error) {
	r := specReader{rest: b}
	var s AssembleSpec
	if n := r.ints(); len(n) == 1 && n[0] >= 0 && n[0] <= len(b) {
		s.Lengths = make([][]int, n[0])
	} else {
		r.fail(fmt.Sprintf("axes %v", n))
	}
	for i := range s.Lengths {
		s.Lengths[i] = r.lengths("length")
	}
	return s, r.done("assemble")
}
