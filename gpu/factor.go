package gpu

import (
	"encoding/binary"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

// A factorisation cuts its matrix into halves, down to blocks that one kernel
// takes, so that most of the work is in large products.
type factorisation struct {
	*job
	t device.Type
}

// halves is where to cut n into halves: at a whole number of blocks.
func halves(n int64) int64 {
	const block = device.FactorBlock
	return (n/2 + block - 1) / block * block
}

// subtract computes c −= a·b, which are m×k and k×n.
func (f factorisation) subtract(m, n, k int64, a, b, c device.Matrix) error {
	return f.launch(device.Gemm(f.t, m, n, k, -1, a, b, 1, c))
}

// solve overwrites x, n×m, with the solution of op·X = x.
func (f factorisation) solve(n, m int64, op, x device.Matrix, upper, unit bool) error {
	if n <= device.FactorBlock {
		return f.launch(device.Trsm(f.t, n, m, op, x, upper, unit))
	}
	h := halves(n)
	rest := n - h
	first, second := op, op.Part(f.t, h, h)
	x1, x2 := x, x.Part(f.t, h, 0)
	if upper { // from the last row to the first
		if err := f.solve(rest, m, second, x2, upper, unit); err != nil {
			return err
		}
		if err := f.subtract(h, m, rest, op.Part(f.t, 0, h), x2, x1); err != nil {
			return err
		}
		return f.solve(h, m, first, x1, upper, unit)
	}
	if err := f.solve(h, m, first, x1, upper, unit); err != nil {
		return err
	}
	if err := f.subtract(rest, m, h, op.Part(f.t, h, 0), x1, x2); err != nil {
		return err
	}
	return f.solve(rest, m, second, x2, upper, unit)
}

// trsm solves a triangular system. X·op(T) = B is op(T)ᵀ·Xᵀ = Bᵀ.
func trsm(j *job, attr []byte, in []*Block) (*Block, error) {
	s, err := kernels.ParseTrsmSpec(attr)
	if err != nil {
		return nil, err
	}
	a, b := in[0], in[1]
	t, err := matrices("trsm", a, b)
	if err != nil {
		return nil, err
	}
	n, m := b.shape[0], b.shape[1]
	if s.Right {
		n, m = m, n
	}
	if a.shape[0] != n || a.shape[1] != n {
		return nil, fmt.Errorf("gpu: %w: trsm: triangle %v, right side %v (on the right: %t)", kernels.ErrShape, a, b, s.Right)
	}
	return j.result(b.dtype, b.shape, func(x *Block) error {
		if err := j.lane.compute.CopyWithin(x.at(), b.at(), int64(b.Size()*b.dtype.Size())); err != nil {
			return err
		}
		op := matrix(a, s.Trans != s.Right)
		return factorisation{j, t}.solve(int64(n), int64(m), op, matrix(x, s.Right), s.Upper != (s.Trans != s.Right), s.Unit)
	})
}

// matrices returns the type of matrices of floats.
func matrices(what string, in ...*Block) (device.Type, error) {
	for _, b := range in {
		if len(b.shape) != 2 || b.dtype != in[0].dtype {
			return 0, fmt.Errorf("gpu: %w: %s: %v is no matrix of %v", kernels.ErrShape, what, b, in[0].dtype)
		}
	}
	return floatOf(what, in[0])
}

// potrf computes the Cholesky factor of a matrix, of which the lower triangle is
// read.
func potrf(j *job, _ []byte, in []*Block) (*Block, error) {
	a := in[0]
	t, err := matrices("potrf", a)
	if err != nil {
		return nil, err
	}
	if a.shape[0] != a.shape[1] {
		return nil, fmt.Errorf("gpu: %w: potrf of %v, which is not square", kernels.ErrShape, a)
	}
	minor, err := j.scratch(kernels.Int64, 1)
	if err != nil {
		return nil, err
	}
	return j.result(a.dtype, a.shape, func(l *Block) error {
		if l.Size() == 0 {
			return nil
		}
		n := int64(a.shape[0])
		if err := j.lane.compute.CopyWithin(l.at(), a.at(), int64(a.Size()*a.dtype.Size())); err != nil {
			return err
		}
		if err := j.launch(device.Fill(minor.at(), 1, 8, 0)); err != nil {
			return err
		}
		if err := (factorisation{j, t}).cholesky(n, matrix(l, false), minor.at(), 0); err != nil {
			return err
		}
		if err := j.launch(device.Lower(t, n, l.at())); err != nil {
			return err
		}
		var b [8]byte
		if err := j.read(b[:], minor); err != nil {
			return err
		}
		if m := binary.LittleEndian.Uint64(b[:]); m != 0 {
			return fmt.Errorf("gpu: cholesky: %w: potrf of %v: the leading minor of order %d is not positive", kernels.ErrNotPositiveDefinite, a, m)
		}
		return nil
	})
}

// cholesky overwrites the lower triangle of a, which begins at row base of the
// whole.
func (f factorisation) cholesky(n int64, a device.Matrix, minor device.Ptr, base int64) error {
	if n <= device.FactorBlock {
		return f.launch(device.Potrf(f.t, n, a.At, a.Row, minor, base))
	}
	h := halves(n)
	rest := n - h
	if err := f.cholesky(h, a, minor, base); err != nil {
		return err
	}
	below, corner := a.Part(f.t, h, 0), a.Part(f.t, h, h)
	if err := f.solve(h, rest, a, below.Transposed(), false, false); err != nil { // below·Lᵀ is what was below
		return err
	}
	if err := f.syrk(rest, h, below, corner); err != nil {
		return err
	}
	return f.cholesky(rest, corner, minor, base+h)
}

// syrkColumns is how many columns of a triangle a product computes at a time; what
// it computes above the diagonal is for nothing.
const syrkColumns = 512

// syrk takes a·aᵀ, where a is n×k, from the lower triangle of c.
func (f factorisation) syrk(n, k int64, a, c device.Matrix) error {
	for j := int64(0); j < n; j += syrkColumns {
		rows := a.Part(f.t, j, 0)
		if err := f.subtract(n-j, min(syrkColumns, n-j), k, rows, rows.Transposed(), c.Part(f.t, j, j)); err != nil {
			return err
		}
	}
	return nil
}
