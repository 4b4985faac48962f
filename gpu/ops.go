package gpu

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// The ops that have a GPU kernel, by the names that package array gives them.
// The attributes are the specs of package kernels.
const (
	OpElementwise = "array.elementwise" // expr.Program of floats and bools
	OpGemm        = "array.gemm"        // kernels.GemmSpec, float64 and float32
	OpReshape     = "array.reshape"     // kernels.ReshapeSpec, every type
	OpTranspose   = "array.transpose"   // kernels.TransposeSpec, every type
	OpSlice       = "array.slice"       // kernels.SliceSpec, every type
	OpAssemble    = "array.assemble"    // kernels.AssembleSpec, every type
	OpCreate      = "array.create"      // kernels.CreateSpec: real types; ramps of floats
	OpRandom      = "array.random"      // kernels.RandomSpec
	OpTrsm        = "array.trsm"        // kernels.TrsmSpec, float64 and float32
	OpPotrf       = "array.potrf"       // none, float64 and float32
	OpReduce      = "array.reduce"      // kernels.ReduceSpec, of real numbers and bools
	OpCombine     = "array.combine"     // kernels.ReduceSpec, of real numbers and bools
	OpFinish      = "array.finish"      // kernels.ReduceSpec, of real numbers and bools
)

func init() {
	register(OpElementwise, 0, elementwise, noElementwise)
	register(OpGemm, 2, gemm, nil)
	register(OpReshape, 1, reshape, nil)
	register(OpTranspose, 1, transpose, nil)
	register(OpSlice, 1, slice, nil)
	register(OpAssemble, 1, assemble, nil)
	register(OpCreate, 0, create, noCreate)
	register(OpRandom, 0, random, nil)
	register(OpTrsm, 2, trsm, nil)
	register(OpPotrf, 1, potrf, nil)
	register(OpReduce, 1, reducePartial, noReduction)
	register(OpCombine, 1, reduceCombine, noReduction)
	register(OpFinish, 1, reduceFinish, noReduction)
}

// register makes f the GPU kernel of the named op, which takes at least least
// blocks. no says why it is not for some attributes; nil is for all.
func register(name string, least int, f func(j *job, attr []byte, in []*Block) (*Block, error), no func(attr []byte) error) {
	graph.RegisterGPU(name, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		l, ok := c.Lane.(*Lane)
		if !ok {
			return nil, fmt.Errorf("gpu: %s: the call is on lane %v, not on a device", name, c.Lane)
		}
		if len(c.In) < least {
			return nil, fmt.Errorf("gpu: %s: %d blocks, want at least %d", name, len(c.In), least)
		}
		b, err := work(ctx, l, func(j *job) (*Block, error) {
			in, err := j.inputs(c.In)
			if err != nil {
				return nil, err
			}
			return f(j, c.Attr, in)
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return b, nil
	}, no)
}

var deviceTypes = map[kernels.DType]device.Type{
	kernels.Bool: device.Bool, kernels.Uint8: device.Uint8, kernels.Int32: device.Int32,
	kernels.Int64: device.Int64, kernels.Float32: device.Float32, kernels.Float64: device.Float64,
}

// floatOf returns the device type of a block of floats; other blocks have no
// GPU kernel for what.
func floatOf(what string, b *Block) (device.Type, error) {
	if !b.dtype.IsFloat() {
		return 0, fmt.Errorf("gpu: %w: %s of %v", ErrNoGPU, what, b)
	}
	return deviceTypes[b.dtype], nil
}
