package kernels

import (
	"fmt"
	"slices"
)

// A reduction has three steps, so that an array can reduce its chunks apart:
// [Partial] makes the state of one chunk, [Combine] merges states, [Finish]
// turns a state into the answer. A state is a block that has the reduced axes
// with length 1, and for Mean, Var, Std, Norm2, ArgMin and ArgMax one axis more:
// count, mean and sum of squared deviations (Float64, 3; Mean does not find the
// last), the sum of squares of small, other and great numbers (Float64, 3), or the
// element and its position (Int64, 2; a float as the bits of its
// float64). What a state is depends on the shape and the elements of the chunk,
// not on how it lies in memory.

// Result returns the type of the elements of the answer. Errors wrap ErrDType.
func (s ReduceSpec) Result() (DType, error) {
	t := s.DType
	bad := !t.Valid() || s.Op >= reduceEnd
	switch s.Op {
	case Any, All:
		t = Bool
	case Sum:
		if t == Bool || t.IsInteger() {
			t = Int64
		}
	case Prod:
		bad = bad || t == Complex128
		if t == Bool || t.IsInteger() {
			t = Int64
		}
	case Mean, Var, Std, Norm1, Norm2, NormInf:
		bad = bad || t == Complex128
		if t != Float32 {
			t = Float64
		}
	default:
		bad = bad || t == Complex128 || t == Bool
		if s.Op == ArgMin || s.Op == ArgMax {
			t = Int64
		}
	}
	if bad {
		return 0, fmt.Errorf("%w: %v of %v", ErrDType, s.Op, s.DType)
	}
	return t, nil
}

// state returns the type of the elements of a state and the length of its last
// axis, 0 if that is not there.
func (s ReduceSpec) state() (DType, int) {
	switch s.Op {
	case Sum, Prod:
		if s.DType == Float32 {
			return Float64, 0
		}
	case Mean, Var, Std, Norm2:
		return Float64, 3
	case Norm1, NormInf:
		return Float64, 0
	case ArgMin, ArgMax:
		return Int64, 2
	}
	t, err := s.Result()
	if err != nil {
		panic(err) // check comes first
	}
	return t, 0
}

// check reports a spec that does not fit a block of the given shape.
func (s ReduceSpec) check(shape []int) error {
	if _, err := s.Result(); err != nil {
		return err
	}
	for i, k := range s.Axes {
		if k < 0 || k >= len(shape) || i > 0 && s.Axes[i-1] >= k {
			return fmt.Errorf("%w: %v over axes %v of shape %v; axes ascend", ErrShape, s.Op, s.Axes, shape)
		}
	}
	if len(s.Global) != len(s.Offset) || len(s.Global) != 0 && len(s.Global) != len(shape) {
		return fmt.Errorf("%w: %v of shape %v at %v of %v", ErrShape, s.Op, shape, s.Offset, s.Global)
	}
	for i := range s.Global {
		if s.Offset[i] < 0 || s.Offset[i]+shape[i] > s.Global[i] {
			return fmt.Errorf("%w: %v of shape %v at %v of %v", ErrShape, s.Op, shape, s.Offset, s.Global)
		}
	}
	return nil
}

// Reduce reduces one block that is the whole array. Min, Max, NormInf,
// ArgMin and ArgMax of no elements are ErrEmpty; the mean of none is NaN. Other errors:
// ErrShape, ErrDType, ErrMemory.
func Reduce(mem Allocator, s ReduceSpec, b *Block) (*Block, error) {
	p, err := Partial(mem, s, b)
	if err != nil {
		return nil, err
	}
	defer p.Release()
	if s.Op == Min || s.Op == Max || s.Op == NormInf {
		if p.size > 0 && b.size == 0 {
			return nil, fmt.Errorf("%w: %v over axes %v of %v", ErrEmpty, s.Op, s.Axes, b)
		}
	}
	return Finish(mem, s, p)
}

// Partial returns the state of one chunk. Errors: ErrShape, ErrDType, also if
// the type of b is not s.DType, ErrMemory.
func Partial(mem Allocator, s ReduceSpec, b *Block) (*Block, error) {
	if err := s.check(b.shape); err != nil {
		return nil, err
	}
	if b.dtype != s.DType {
		return nil, fmt.Errorf("%w: %v of %v for elements of %v", ErrDType, s.Op, b, s.DType)
	}
	t, width := s.state()
	shape := slices.Clone(b.shape)
	for _, k := range s.Axes {
		shape[k] = 1
	}
	if width > 0 {
		shape = append(shape, width)
	}
	x, form, err := reduceForm(mem, b, s.Axes)
	if err != nil {
		return nil, err
	}
	defer x.Release()
	out, err := NewBlock(mem, t, shape...)
	if err != nil {
		return nil, err
	}
	s.fold(out, x, form)
	if s.Op == ArgMin || s.Op == ArgMax {
		s.place(Data[int64](out), b.shape)
	}
	return out, nil
}

// Combine merges states of one spec in the order given. Errors: ErrShape,
// ErrDType, ErrMemory.
func Combine(mem Allocator, s ReduceSpec, states ...*Block) (*Block, error) {
	if len(states) == 0 {
		return nil, fmt.Errorf("%w: %v of no states", ErrShape, s.Op)
	}
	for i, p := range states {
		if err := s.checkState(p); err != nil {
			return nil, fmt.Errorf("state %d: %w", i, err)
		}
		if !slices.Equal(p.shape, states[0].shape) {
			return nil, fmt.Errorf("%w: %v: state %d is %v, the first %v", ErrShape, s.Op, i, p, states[0])
		}
	}
	out, err := Clone(mem, states[0])
	if err != nil {
		return nil, err
	}
	for _, p := range states[1:] {
		q, err := Contiguous(mem, p)
		if err != nil {
			out.Release()
			return nil, err
		}
		s.merge(out, q)
		q.Release()
	}
	return out, nil
}

func (s ReduceSpec) checkState(p *Block) error {
	if _, err := s.Result(); err != nil {
		return err
	}
	t, width := s.state()
	if p.dtype != t {
		return fmt.Errorf("%w: %v of %v: a state is %v, got %v", ErrDType, s.Op, s.DType, t, p)
	}
	shape := p.shape
	if width > 0 {
		if len(shape) == 0 || shape[len(shape)-1] != width {
			return fmt.Errorf("%w: %v: the last axis of state %v is not %d", ErrShape, s.Op, p, width)
		}
		shape = shape[:len(shape)-1]
	}
	for _, k := range s.Axes {
		if k < 0 || k >= len(shape) || shape[k] != 1 {
			return fmt.Errorf("%w: %v over axes %v: state %v", ErrShape, s.Op, s.Axes, p)
		}
	}
	return nil
}

// Finish returns the answer that a state holds. ArgMin and ArgMax of no
// elements are ErrEmpty. Other errors: ErrShape, ErrDType, ErrMemory.
func Finish(mem Allocator, s ReduceSpec, state *Block) (*Block, error) {
	if err := s.checkState(state); err != nil {
		return nil, err
	}
	p, err := Contiguous(mem, state)
	if err != nil {
		return nil, err
	}
	defer p.Release()
	answer, err := s.answer(mem, p)
	if err != nil {
		return nil, err
	}
	defer answer.Release()
	var shape []int
	for i, n := range answer.shape {
		if s.KeepDims || !slices.Contains(s.Axes, i) {
			shape = append(shape, n)
		}
	}
	return Reshape(mem, answer, shape...)
}

// answer computes the answer, with the reduced axes still there.
func (s ReduceSpec) answer(mem Allocator, p *Block) (*Block, error) {
	t, _ := s.Result()
	last := len(p.shape) - 1
	switch s.Op {
	case Mean, Var, Std, Norm1, Norm2, NormInf:
		return s.wideAnswer(mem, p, t)
	case ArgMin, ArgMax:
		at, err := p.Index(last, 1)
		if err != nil {
			return nil, err
		}
		defer at.Release()
		out, err := Clone(mem, at)
		if err != nil {
			return nil, err
		}
		if slices.Min(append(Data[int64](out), 0)) < 0 {
			out.Release()
			return nil, fmt.Errorf("%w: %v over axes %v", ErrEmpty, s.Op, s.Axes)
		}
		return out, nil
	}
	return AsType(mem, p, t)
}

// wideAnswer computes an answer in Float64 and rounds it to t.
func (s ReduceSpec) wideAnswer(mem Allocator, p *Block, t DType) (*Block, error) {
	shape := p.shape
	if _, width := s.state(); width > 0 {
		shape = shape[:len(shape)-1]
	}
	wide, err := NewBlock(mem, Float64, shape...)
	if err != nil {
		return nil, err
	}
	defer wide.Release()
	if s.Op.isNorm() {
		finishNorm(s, Data[float64](wide), p)
	} else {
		finishMoments(s, Data[float64](wide), reinterpret[moments](Payload(p)))
	}
	return AsType(mem, wide, t)
}
