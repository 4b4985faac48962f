package kernels

import (
	"fmt"
	"slices"
)

// A scan takes an array chunk by chunk along its axis: [ScanTotal] gives the state
// that a chunk adds, [ScanSpec.Combine] that of the chunks before another one, and
// [Scan] the prefixes of a chunk behind that state. A chunk's own elements meet
// one after the other, from its first; what is before it meets the result of that.
// So the answer depends on the chunks, by rounding alone, and on nothing else, and
// the last prefix of a chunk is to the bit the state before the next one.

// Reduction is the reduction of the whole axis, whose states a scan has: sums
// and products of Float32 are Float64 there.
func (s ScanSpec) reduction() ReduceSpec {
	return ReduceSpec{Op: s.Op, DType: s.DType, Axes: []int{s.Axis}}
}

// Result returns the type of the elements of the answer. Errors wrap ErrDType.
func (s ScanSpec) Result() (DType, error) {
	if s.Op > Max || s.DType == Complex128 {
		return 0, fmt.Errorf("%w: cumulative %v of %v", ErrDType, s.Op, s.DType)
	}
	return s.reduction().Result()
}

// State returns the type of the elements of a state. Errors wrap ErrDType.
func (s ScanSpec) State() (DType, error) {
	if _, err := s.Result(); err != nil {
		return 0, err
	}
	t, _ := s.reduction().state()
	return t, nil
}

func (s ScanSpec) check(b *Block) error {
	if _, err := s.Result(); err != nil {
		return err
	}
	if b.dtype != s.DType {
		return fmt.Errorf("%w: cumulative %v of %v for elements of %v", ErrDType, s.Op, b, s.DType)
	}
	if s.Axis < 0 || s.Axis >= len(b.shape) {
		return fmt.Errorf("%w: cumulative %v along axis %d of %v", ErrShape, s.Op, s.Axis, b)
	}
	return nil
}

// Combine returns the state of the chunks of two states, one behind the other.
// Errors: ErrShape, ErrDType, ErrMemory.
func (s ScanSpec) Combine(mem Allocator, before, after *Block) (*Block, error) {
	if _, err := s.Result(); err != nil {
		return nil, err
	}
	return Combine(mem, s.reduction(), before, after)
}

// ScanTotal returns the state of a chunk: the last of its own prefixes, with length
// 1 along the axis. Errors: ErrShape, ErrDType, ErrMemory.
func ScanTotal(mem Allocator, s ScanSpec, b *Block) (*Block, error) {
	if err := s.check(b); err != nil {
		return nil, err
	}
	t, _ := s.State()
	shape := slices.Clone(b.shape)
	shape[s.Axis] = 1
	return s.run(mem, b, nil, t, shape, true)
}

// Scan returns the prefixes of a chunk, of its shape. before is the state of what
// lies before it, or nil. Errors: ErrShape, ErrDType, ErrMemory.
func Scan(mem Allocator, s ScanSpec, b, before *Block) (*Block, error) {
	if err := s.check(b); err != nil {
		return nil, err
	}
	if before != nil {
		shape := slices.Clone(b.shape)
		shape[s.Axis] = 1
		if err := s.reduction().checkState(before); err != nil || !slices.Equal(before.shape, shape) {
			return nil, fmt.Errorf("%w: cumulative %v of %v along axis %d: the state before it is %v", ErrShape, s.Op, b, s.Axis, before)
		}
	}
	t, _ := s.Result()
	return s.run(mem, b, before, t, b.shape, false)
}

// run scans b to a block of the given shape and type, which has the states of the
// whole block if total is set.
func (s ScanSpec) run(mem Allocator, b, before *Block, t DType, shape []int, total bool) (*Block, error) {
	x, err := Contiguous(mem, b)
	if err != nil {
		return nil, err
	}
	defer x.Release()
	if before != nil {
		if before, err = Contiguous(mem, before); err != nil {
			return nil, err
		}
		defer before.Release()
	}
	out, err := NewBlock(mem, t, shape...)
	if err != nil {
		return nil, err
	}
	form := [3]int{product(b.shape[:s.Axis]), b.shape[s.Axis], product(b.shape[s.Axis+1:])}
	narrow := s.Op == Min || s.Op == Max
	switch {
	case s.DType == Float64:
		scanBlocks[float64, float64, float64](s.Op, out, x, before, form, total)
	case s.DType == Float32 && narrow:
		scanBlocks[float32, float32, float32](s.Op, out, x, before, form, total)
	case s.DType == Float32:
		scanBlocks[float32, float64, float32](s.Op, out, x, before, form, total)
	case s.DType == Int64:
		scanBlocks[int64, int64, int64](s.Op, out, x, before, form, total)
	case s.DType == Int32 && narrow:
		scanBlocks[int32, int32, int32](s.Op, out, x, before, form, total)
	case s.DType == Int32:
		scanBlocks[int32, int64, int64](s.Op, out, x, before, form, total)
	case narrow:
		scanBlocks[uint8, uint8, uint8](s.Op, out, x, before, form, total)
	default: // the bytes of a bool are the numbers 0 and 1
		scanBlocks[uint8, int64, int64](s.Op, out, x, before, form, total)
	}
	return out, nil
}

// scanBlocks scans elements T in states A to results R, or to a state.
func scanBlocks[T, A, R Real](op ReduceOp, out, x, before *Block, form [3]int, total bool) {
	c := scanner[T, A, R]{scanOps: scanOpsOf[A](op), data: reinterpret[T](Payload(x)), form: form}
	if before != nil {
		c.before = reinterpret[A](Payload(before))
	}
	if total {
		c.totals = reinterpret[A](Payload(out))
	} else {
		c.out = reinterpret[R](Payload(out))
	}
	c.run()
}
