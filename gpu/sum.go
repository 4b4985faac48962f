package gpu

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// The state of a sum of floats is what package kernels says: a float64 block
// with the reduced axes of length 1. So states made on devices and on CPUs
// combine.

// sumSpec returns the spec of a sum of floats; other reductions have no GPU
// kernel.
func sumSpec(attr []byte) (kernels.ReduceSpec, error) {
	s, err := kernels.ParseReduceSpec(attr)
	if err == nil && (s.Op != kernels.Sum || !s.DType.IsFloat()) {
		err = fmt.Errorf("gpu: %w: %v of %v", ErrNoGPU, s.Op, s.DType)
	}
	return s, err
}

// sumPartial adds up a block over the axes of the spec, a run of neighbouring
// axes at a time, the last first.
func sumPartial(j *job, attr []byte, in []*Block) (*Block, error) {
	s, err := sumSpec(attr)
	if err != nil {
		return nil, err
	}
	b := in[0]
	if b.dtype != s.DType || len(s.Axes) > 0 && slices.Max(s.Axes) >= len(b.shape) || !slices.IsSorted(s.Axes) {
		return nil, fmt.Errorf("gpu: %w: sum of %v over axes %v of %v", kernels.ErrShape, s.DType, s.Axes, b)
	}
	if len(s.Axes) == 0 {
		return j.convert(kernels.Float64, b)
	}
	for end := len(s.Axes); end > 0; {
		start := end - 1
		for start > 0 && s.Axes[start-1] == s.Axes[start]-1 {
			start--
		}
		sum, err := j.sumRun(b, s.Axes[start], s.Axes[end-1]+1)
		if err != nil {
			return nil, err
		}
		if start > 0 {
			j.blocks = append(j.blocks, sum) // an intermediate
		}
		b, end = sum, start
	}
	return b, nil
}

// sumRun adds up the axes from lo to hi, which stay with length 1.
func (j *job) sumRun(b *Block, lo, hi int) (*Block, error) {
	t, err := floatOf("sum", b)
	if err != nil {
		return nil, err
	}
	outer, n, inner := product(b.shape[:lo]), product(b.shape[lo:hi]), product(b.shape[hi:])
	shape := slices.Clone(b.shape)
	for i := lo; i < hi; i++ {
		shape[i] = 1
	}
	return j.result(kernels.Float64, shape, func(out *Block) error {
		if outer == 1 && n >= 2*sumSlices && inner < sumSlices {
			return j.sumSliced(t, out.at(), b.at(), n, inner)
		}
		return j.launch(device.Sum(t, out.at(), b.at(), int64(outer), int64(n), int64(inner)))
	})
}

// sumSlices is into how many slices a long sum is cut that would else keep few
// threads busy. The order of additions depends on it.
const sumSlices = 1024

// sumSliced adds up n rows of inner elements: slices of equal length, what is
// left over, then the sums of those.
func (j *job) sumSliced(t device.Type, dst, src device.Ptr, n, inner int) error {
	parts, err := j.scratch(kernels.Float64, sumSlices+1, inner)
	if err != nil {
		return err
	}
	each := n / sumSlices
	rest := n - each*sumSlices
	after := src + device.Ptr(each*sumSlices*inner*t.Size())
	last := parts.at() + device.Ptr(8*sumSlices*inner)
	for _, l := range []device.Launch{
		device.Sum(t, parts.at(), src, sumSlices, int64(each), int64(inner)),
		device.Sum(t, last, after, 1, int64(rest), int64(inner)),
		device.Sum(device.Float64, dst, parts.at(), 1, sumSlices+1, int64(inner)),
	} {
		if err := j.launch(l); err != nil {
			return err
		}
	}
	return nil
}

// sumCombine adds states in the order given.
func sumCombine(j *job, attr []byte, in []*Block) (*Block, error) {
	if _, err := sumSpec(attr); err != nil {
		return nil, err
	}
	b := expr.NewBuilder()
	var sum expr.Ref
	for i, s := range in {
		if s.dtype != kernels.Float64 || !slices.Equal(s.shape, in[0].shape) {
			return nil, fmt.Errorf("gpu: %w: sum: state %d is %v, the first %v", kernels.ErrShape, i, s, in[0])
		}
		x := b.Input(expr.Float64)
		if i == 0 {
			sum = x
			continue
		}
		var err error
		if sum, err = b.Apply(expr.Add, sum, x); err != nil {
			return nil, err
		}
	}
	p, err := b.Program(sum)
	if err != nil {
		return nil, err
	}
	return j.evaluate(p, in)
}

// sumFinish turns a state into the answer.
func sumFinish(j *job, attr []byte, in []*Block) (*Block, error) {
	s, err := sumSpec(attr)
	if err != nil {
		return nil, err
	}
	var shape []int
	for i, n := range in[0].shape {
		reduced := slices.Contains(s.Axes, i)
		if reduced && n != 1 || in[0].dtype != kernels.Float64 {
			return nil, fmt.Errorf("gpu: %w: sum over axes %v: state %v", kernels.ErrShape, s.Axes, in[0])
		}
		if s.KeepDims || !reduced {
			shape = append(shape, n)
		}
	}
	wide, err := j.convert(s.DType, in[0])
	if err != nil {
		return nil, err
	}
	defer wide.Release()
	return wide.reshaped(shape), nil
}

// convert returns b with elements of another float type, or b itself.
func (j *job) convert(t kernels.DType, b *Block) (*Block, error) {
	if b.dtype == t {
		b.Retain()
		return b, nil
	}
	from, err := expr.TypeOfDType(b.dtype)
	if err != nil {
		return nil, err
	}
	to, err := expr.TypeOfDType(t)
	if err != nil {
		return nil, err
	}
	eb := expr.NewBuilder()
	r, err := eb.Cast(eb.Input(from), to)
	if err != nil {
		return nil, err
	}
	p, err := eb.Program(r)
	if err != nil {
		return nil, err
	}
	return j.evaluate(p, []*Block{b})
}
