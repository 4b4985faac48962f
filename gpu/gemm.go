package gpu

import (
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

// gemm computes [C +] Alpha·Σ op(A)·op(B), the products in the order given.
func gemm(j *job, attr []byte, in []*Block) (*Block, error) {
	s, err := kernels.ParseGemmSpec(attr)
	if err != nil {
		return nil, err
	}
	var c *Block
	if s.Accumulate {
		c, in = in[0], in[1:]
	}
	if len(in) == 0 || len(in)%2 != 0 {
		return nil, fmt.Errorf("gpu: %w: gemm of %d factors", kernels.ErrShape, len(in))
	}
	t, err := floatOf("gemm", in[0])
	if err != nil {
		return nil, err
	}
	for _, b := range in {
		if len(b.shape) != 2 || b.dtype != in[0].dtype {
			return nil, fmt.Errorf("gpu: %w: gemm: %v is no matrix of %v", kernels.ErrShape, b, in[0].dtype)
		}
	}
	m, n := axes(in[0], s.TransA)[0], axes(in[1], s.TransB)[1]
	if c != nil && (len(c.shape) != 2 || c.shape[0] != m || c.shape[1] != n || c.dtype != in[0].dtype) {
		return nil, fmt.Errorf("gpu: %w: gemm: adding a %d×%d product to %v", kernels.ErrShape, m, n, c)
	}
	return j.result(in[0].dtype, []int{m, n}, func(out *Block) error {
		beta := 0.0
		if c != nil {
			if err := j.lane.compute.CopyWithin(out.at(), c.at(), out.Bytes()); err != nil {
				return err
			}
			beta = 1
		}
		for i := 0; i < len(in); i += 2 {
			if err := j.multiply(t, s, in[i], in[i+1], beta, out); err != nil {
				return err
			}
			beta = 1
		}
		return nil
	})
}

// multiply adds one product to beta times out.
func (j *job) multiply(t device.Type, s kernels.GemmSpec, a, b *Block, beta float64, out *Block) error {
	as, bs := axes(a, s.TransA), axes(b, s.TransB)
	if as[0] != out.shape[0] || as[1] != bs[0] || bs[1] != out.shape[1] {
		return fmt.Errorf("gpu: %w: gemm: %v (transposed: %t) times %v (transposed: %t) to %v",
			kernels.ErrShape, a, s.TransA, b, s.TransB, out)
	}
	return j.launch(device.Gemm(t, int64(as[0]), int64(bs[1]), int64(as[1]), s.Alpha,
		matrix(a, s.TransA), matrix(b, s.TransB), beta, matrix(out, false)))
}

// axes returns the shape of a matrix, or of its transpose.
func axes(b *Block, trans bool) [2]int {
	if trans {
		return [2]int{b.shape[1], b.shape[0]}
	}
	return [2]int{b.shape[0], b.shape[1]}
}

// matrix returns a block, or its transpose, as an operand.
func matrix(b *Block, trans bool) device.Matrix {
	m := device.Whole(b.at(), int64(b.shape[1]))
	if trans {
		return m.Transposed()
	}
	return m
}
