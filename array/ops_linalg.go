package array

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

func init() {
	register(OpGemm, 2, func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseGemmSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		var sum *kernels.Block
		if s.Accumulate {
			sum, in = in[0], in[1:]
		}
		return kernels.Gemm(mem, c.Threads, s, sum, in...)
	})
	register(OpPotrf, 1, func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		l, err := kernels.Potrf(mem, c.Threads, in[0])
		if err != nil {
			return nil, fmt.Errorf("array: cholesky: %w", err)
		}
		return l, nil
	})
	register(OpTrsm, 2, func(mem kernels.Allocator, c *graph.Call, in []*kernels.Block) (*kernels.Block, error) {
		s, err := kernels.ParseTrsmSpec(c.Attr)
		if err != nil {
			return nil, err
		}
		return kernels.Trsm(mem, c.Threads, s, in[0], in[1])
	})
	registerParts(OpQR, func(mem kernels.Allocator, c *graph.Call, in *kernels.Block) ([]*kernels.Block, error) {
		q, r, err := kernels.QR(mem, c.Threads, in)
		return []*kernels.Block{q, r}, err
	})
	registerParts(OpSVD, func(mem kernels.Allocator, _ *graph.Call, in *kernels.Block) ([]*kernels.Block, error) {
		u, s, vt, err := kernels.Gesvd(mem, in)
		return []*kernels.Block{u, s, vt}, err
	})
	registerParts(OpEigh, func(mem kernels.Allocator, _ *graph.Call, in *kernels.Block) ([]*kernels.Block, error) {
		w, v, err := kernels.Syev(mem, in)
		return []*kernels.Block{w, v}, err
	})
}
