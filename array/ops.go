package array

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// The ops that arrays lower to, by the names under which they travel. Another
// device registers its own kernels under the same names; the attributes are
// the specs of package kernels where there is one.
const (
	OpCreate      = "array.create"      // kernels.CreateSpec
	OpRandom      = "array.random"      // kernels.RandomSpec
	OpElementwise = "array.elementwise" // expr.Program; broadcasts its inputs
	OpSlice       = "array.slice"       // kernels.SliceSpec
	OpTranspose   = "array.transpose"   // kernels.TransposeSpec
	OpReshape     = "array.reshape"     // kernels.ReshapeSpec
	OpAssemble    = "array.assemble"    // kernels.AssembleSpec
	OpReduce      = "array.reduce"      // kernels.ReduceSpec: block → partial states
	OpCombine     = "array.combine"     // kernels.ReduceSpec: partial states → partial states
	OpFinish      = "array.finish"      // kernels.ReduceSpec: partial states → block
	OpTake        = "array.take"        // kernels.TakeSpec: blocks side by side → block
	OpScatter     = "array.scatter"     // kernels.TakeSpec: block, values side by side → block
	OpScanTotal   = "array.scan-total"  // kernels.ScanSpec: block → state
	OpScanCombine = "array.scan-before" // kernels.ScanSpec: two states → state
	OpScan        = "array.scan"        // kernels.ScanSpec: block, [state before it] → block
	OpGemm        = "array.gemm"        // kernels.GemmSpec: [C], A, B, A, B …
	OpPotrf       = "array.potrf"       // none: lower triangle → L
	OpTrsm        = "array.trsm"        // kernels.TrsmSpec: T, B
	OpQR          = "array.qr"          // none: block → parts Q, R
	OpSVD         = "array.svd"         // none: block → parts U, S, Vᵀ
	OpEigh        = "array.eigh"        // none: symmetric block → parts values, vectors
)

// A blockOp computes one block from blocks.
type blockOp func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error)

// register makes f the CPU kernel of the named op, which takes at least least
// blocks.
func register(name string, least int, f blockOp) {
	graph.Register(name, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		in, err := takeBlocks(name, least, c)
		if err != nil {
			return nil, err
		}
		b, err := f(kernels.AllocatorFrom(ctx), c, in)
		if err != nil {
			return nil, err
		}
		return b, nil
	})
}

// registerParts is register for an op that yields several blocks.
func registerParts(name string, f func(mem kernels.Allocator, c *graph.Call, in *kernels.Block) ([]*kernels.Block, error)) {
	graph.Register(name, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		in, err := takeBlocks(name, 1, c)
		if err != nil {
			return nil, err
		}
		bs, err := f(kernels.AllocatorFrom(ctx), c, in[0])
		if err != nil {
			return nil, err
		}
		l := make(graph.List, len(bs))
		for i, b := range bs {
			l[i] = b
		}
		return l, nil
	})
}

func takeBlocks(name string, least int, c *graph.Call) ([]*kernels.Block, error) {
	in, err := asBlocks(c.In)
	if err != nil {
		return nil, fmt.Errorf("array: %s: %w", name, err)
	}
	if len(in) < least {
		return nil, fmt.Errorf("array: %s: %d blocks, want at least %d", name, len(in), least)
	}
	return in, nil
}

func init() {
	register(OpCreate, 0, create)
	register(OpRandom, 0, func(mem kernels.Allocator, c *graph.Call, _ []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseRandomSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return kernels.Random(mem, s)
	})
	register(OpElementwise, 0, func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		p, _, err := expr.Parse(c.Attr)
		if err != nil {
			return nil, err
		}
		out, err := expr.EvalBlocks(mem, p, in)
		if err != nil {
			return nil, err
		}
		return out[0], nil
	})
	register(OpSlice, 1, sliceBlock)
	register(OpTranspose, 1, func(_ kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseTransposeSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return in[0].Transpose(s.Axes...)
	})
	register(OpReshape, 1, func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseReshapeSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return kernels.Reshape(mem, in[0], s.Shape...)
	})
	register(OpAssemble, 1, assembleBlocks)
}

// sliceBlock cuts without copying, unless the piece is so small that it would
// keep much more memory alive than it needs.
func sliceBlock(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
	s, err := kernels.ParseSliceSpec(c.Attr)
	if err != nil {
		return nil, err
	}
	v, err := in[0].Slice(s)
	if err != nil || 2*int64(v.Size())*int64(v.DType().Size()) >= v.Bytes() {
		return v, err
	}
	defer v.Release()
	return kernels.Clone(mem, v)
}

func assembleBlocks(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
	s, err := kernels.ParseAssembleSpec(c.Attr)
	if err != nil {
		return nil, err
	}
	pieces := Chunks(s.Lengths)
	if pieces.Blocks() != len(in) {
		return nil, fmt.Errorf("array: assemble: %d blocks for pieces %v", len(in), pieces)
	}
	return join(mem, in[0].DType(), pieces, in)
}

func create(mem kernels.Allocator, c *graph.Call, _ []*kernels.Block) (*kernels.Block, error) {
	s, err := kernels.ParseCreateSpec(c.Attr)
	if err != nil {
		return nil, err
	}
	return kernels.Create(mem, s)
}
