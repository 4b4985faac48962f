package gpu

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

// States of reductions are those of package kernels, so that states made on
// devices and on CPUs combine.

var folds = map[kernels.ReduceOp]device.Fold{
	kernels.Sum: device.FoldSum, kernels.Prod: device.FoldProd, kernels.Min: device.FoldMin, kernels.Max: device.FoldMax,
	kernels.Mean: device.FoldMoments, kernels.Var: device.FoldMoments, kernels.Std: device.FoldMoments,
	kernels.ArgMin: device.FoldArgMin, kernels.ArgMax: device.FoldArgMax, kernels.Any: device.FoldAny, kernels.All: device.FoldAll,
}

// reduction is a kernels.ReduceSpec and what it is to a device.
type reduction struct {
	kernels.ReduceSpec
	fold device.Fold
	elem device.Type
}

// parseReduction returns the spec, unless there is no GPU kernel for it.
func parseReduction(attr []byte) (reduction, error) {
	s, err := kernels.ParseReduceSpec(attr)
	if err != nil {
		return reduction{}, err
	}
	if _, err := s.Result(); err != nil {
		return reduction{}, fmt.Errorf("gpu: %w", err)
	}
	fold, known := folds[s.Op]
	t, ok := deviceTypes[s.DType]
	if !ok || !known {
		return reduction{}, fmt.Errorf("gpu: %w: %v of %v", ErrNoGPU, s.Op, s.DType)
	}
	return reduction{s, fold, t}, nil
}

func noReduction(attr []byte) error {
	_, err := parseReduction(attr)
	return err
}

// state returns the type of the blocks that hold states, and the length of their
// last axis, 0 if that is not there.
func (r reduction) state() (kernels.DType, int) {
	switch r.fold {
	case device.FoldMoments:
		return kernels.Float64, 3
	case device.FoldArgMin, device.FoldArgMax:
		return kernels.Int64, 2
	case device.FoldAny, device.FoldAll:
		return kernels.Bool, 0
	case device.FoldMin, device.FoldMax:
		return r.DType, 0
	}
	if r.DType.IsFloat() {
		return kernels.Float64, 0
	}
	return kernels.Int64, 0
}

// of is the reduction of outer×n×inner elements, or states.
func (r reduction) of(outer, n, inner int) device.Reduction {
	return device.Reduction{Fold: r.fold, Type: r.elem, Outer: int64(outer), N: int64(n), Inner: int64(inner)}
}

// reducePartial makes the state of a block.
func reducePartial(j *job, attr []byte, in []*Block) (*Block, error) {
	r, err := parseReduction(attr)
	if err != nil {
		return nil, err
	}
	b := in[0]
	if err := r.fits(b); err != nil {
		return nil, err
	}
	x, form, err := j.reduceForm(b, r.Axes)
	if err != nil {
		return nil, err
	}
	shape := slices.Clone(b.shape)
	for _, k := range r.Axes {
		shape[k] = 1
	}
	t, width := r.state()
	if width > 0 {
		shape = append(shape, width)
	}
	return j.result(t, shape, func(out *Block) error {
		if err := j.foldForm(r, out, x, form); err != nil || len(r.Global) == 0 || t != kernels.Int64 || width == 0 {
			return err
		}
		return j.place(r, out, b.shape)
	})
}

// fits reports a block that the spec is not for.
func (r reduction) fits(b *Block) error {
	for i, k := range r.Axes {
		if k < 0 || k >= len(b.shape) || i > 0 && r.Axes[i-1] >= k {
			return fmt.Errorf("gpu: %w: %v over axes %v of %v; axes ascend", kernels.ErrShape, r.Op, r.Axes, b)
		}
	}
	if b.dtype != r.DType {
		return fmt.Errorf("gpu: %w: %v of %v for elements of %v", kernels.ErrDType, r.Op, b, r.DType)
	}
	bad := len(r.Global) != 0 && len(r.Global) != len(b.shape)
	for i := 0; !bad && i < len(r.Global); i++ {
		bad = r.Offset[i] < 0 || r.Offset[i]+b.shape[i] > r.Global[i]
	}
	if bad {
		return fmt.Errorf("gpu: %w: %v of %v at %v of %v", kernels.ErrShape, r.Op, b, r.Offset, r.Global)
	}
	return nil
}

// reduceForm brings a block to the form of [kernels.ReduceForm]. The result is the
// job's, or b.
func (j *job) reduceForm(b *Block, axes []int) (x *Block, form [3]int, err error) {
	form, order := kernels.ReduceForm(b.shape, axes)
	if order == nil {
		return b, form, nil
	}
	if x, err = j.transposed(b, order); err == nil {
		j.blocks = append(j.blocks, x)
	}
	return x, form, err
}

// A long reduction that would keep few threads busy is cut into slices, whose
// states are merged, so many at a time. The order in which elements meet depends
// on these.
const (
	foldSlices = 1024
	foldMerged = 32
	foldBusy   = 4096 // outputs that keep a device busy
)

// foldForm folds the middle axis of x.
func (j *job) foldForm(r reduction, out, x *Block, form [3]int) error {
	outer, n, inner := form[0], form[1], form[2]
	if outer*inner >= foldBusy || n < 4*foldSlices {
		return j.launch(r.of(outer, n, inner).Launch(out.at(), x.at(), 1))
	}
	size := r.fold.StateSize(r.elem)
	states, err := j.scratch(kernels.Uint8, outer*foldSlices*inner*size)
	if err != nil {
		return err
	}
	merged, err := j.scratch(kernels.Uint8, outer*foldSlices/foldMerged*inner*size)
	if err != nil {
		return err
	}
	for _, l := range []device.Launch{
		r.of(outer, n, inner).Launch(states.at(), x.at(), foldSlices),
		r.of(outer*foldSlices/foldMerged, foldMerged, inner).Merge(merged.at(), states.at()),
		r.of(outer, foldSlices/foldMerged, inner).Merge(out.at(), merged.at()),
	} {
		if err := j.launch(l); err != nil {
			return err
		}
	}
	return nil
}

// place turns positions in a block of the given shape into those in the whole
// array.
func (j *job) place(r reduction, states *Block, shape []int) error {
	var axes []device.Axis
	for _, k := range r.Axes {
		axes = append(axes, device.Axis{Length: int64(shape[k]), Offset: int64(r.Offset[k]), Whole: int64(r.Global[k])})
	}
	if len(axes) == 0 {
		return nil
	}
	table, err := j.table(device.PositionTable(axes))
	if err != nil {
		return err
	}
	return j.launch(device.Positions(states.at(), int64(states.Size()/2), table, len(axes)))
}

// reduceCombine merges states in the order given.
func reduceCombine(j *job, attr []byte, in []*Block) (*Block, error) {
	r, err := parseReduction(attr)
	if err != nil {
		return nil, err
	}
	for i, p := range in {
		if err := r.checkState(p); err != nil {
			return nil, fmt.Errorf("state %d: %w", i, err)
		}
		if !slices.Equal(p.shape, in[0].shape) {
			return nil, fmt.Errorf("gpu: %w: %v: state %d is %v, the first %v", kernels.ErrShape, r.Op, i, p, in[0])
		}
	}
	size := in[0].Size() * in[0].dtype.Size()
	all, err := j.scratch(kernels.Uint8, len(in), size)
	if err != nil {
		return nil, err
	}
	for i, p := range in {
		if err := j.lane.compute.CopyWithin(all.at()+device.Ptr(i*size), p.at(), int64(size)); err != nil {
			return nil, err
		}
	}
	return j.result(in[0].dtype, in[0].shape, func(out *Block) error {
		return j.launch(r.of(1, len(in), size/r.fold.StateSize(r.elem)).Merge(out.at(), all.at()))
	})
}

func (r reduction) checkState(p *Block) error {
	t, width := r.state()
	if p.dtype != t {
		return fmt.Errorf("gpu: %w: %v of %v: a state is %v, got %v", kernels.ErrDType, r.Op, r.DType, t, p)
	}
	shape := p.shape
	if width > 0 {
		if len(shape) == 0 || shape[len(shape)-1] != width {
			return fmt.Errorf("gpu: %w: %v: the last axis of state %v is not %d", kernels.ErrShape, r.Op, p, width)
		}
		shape = shape[:len(shape)-1]
	}
	for _, k := range r.Axes {
		if k < 0 || k >= len(shape) || shape[k] != 1 {
			return fmt.Errorf("gpu: %w: %v over axes %v: state %v", kernels.ErrShape, r.Op, r.Axes, p)
		}
	}
	return nil
}

// reduceFinish turns a state into the answer.
func reduceFinish(j *job, attr []byte, in []*Block) (*Block, error) {
	r, err := parseReduction(attr)
	if err != nil {
		return nil, err
	}
	p := in[0]
	if err := r.checkState(p); err != nil {
		return nil, err
	}
	answer, err := j.answer(r, p)
	if err != nil {
		return nil, err
	}
	defer answer.Release()
	_, width := r.state()
	var shape []int
	for i := range len(p.shape) - min(width, 1) {
		if r.KeepDims || !slices.Contains(r.Axes, i) {
			shape = append(shape, p.shape[i])
		}
	}
	return answer.reshaped(shape), nil
}

// answer computes the elements of the answer.
func (j *job) answer(r reduction, p *Block) (*Block, error) {
	t, err := r.Result()
	if err != nil {
		return nil, err
	}
	switch r.fold {
	case device.FoldMoments:
		return j.finishMoments(r, t, p)
	case device.FoldArgMin, device.FoldArgMax:
		return j.finishPositions(r, p)
	}
	return j.convert(t, p)
}
