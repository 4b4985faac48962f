package kerneltest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// Syrk is the suite of products of a matrix by its transpose: the answer of
// gonum's product, exactly symmetric, with only c's lower triangle read.
func Syrk(t testing.TB, impl LinearAlgebra) {
	t.Helper()
	for _, dt := range floats {
		mem, rng := Alloc(t), rand.New(rand.NewPCG(2, uint64(dt)))
		for i, m := range sizes {
			for _, layout := range []Layout{RowMajor, Transposed, Strided} {
				s := kernels.SyrkSpec{Trans: i&1 == 1, Accumulate: i&2 == 2, Alpha: []float64{1, -0.5}[i/4%2]}
				syrk(t, mem, rng, impl, dt, s, layout, m, sizes[(i*5+3)%len(sizes)])
			}
		}
	}
}

func syrk(t testing.TB, mem *Allocator, rng *rand.Rand, impl LinearAlgebra, dt kernels.DType, s kernels.SyrkSpec, l Layout, m, k int) {
	t.Helper()
	what := fmt.Sprintf("syrk %v %d×%d %+v %v", dt, m, k, s, l)
	shape := []int{m, k}
	if s.Trans {
		shape = []int{k, m}
	}
	row := Normal(t, mem, rng, dt, shape...)
	defer row.Release()
	a := Arrange(t, mem, row, l)
	defer a.Release()
	x := tableOf(t, a).flip(s.Trans)
	want, bound := x.times(x.flip(true)), x.abs().times(x.abs().flip(true))
	zero := table{m, m, make([]float64, m*m)}
	want, bound = zero.plus(s.Alpha, want), zero.plus(math.Abs(s.Alpha), bound)
	var c *kernels.Block
	if s.Accumulate {
		c = Normal(t, mem, rng, dt, m, m)
		defer c.Release()
		y := mirrored(tableOf(t, c))
		want, bound = want.plus(1, y), bound.plus(1, y.abs())
		fillUpper(c, math.NaN())
	}
	got, err := impl.Syrk(mem, 2, s, c, a)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	defer got.Release()
	plain, err := impl.Syrk(mem, 1, s, c, row)
	if err != nil {
		t.Errorf("%s: row-major: %v", what, err)
		return
	}
	defer plain.Release()
	sameBits(t, what+" against a row-major operand", got, plain)
	z := tableOf(t, got)
	within(t, what, dt, k+2, z, want, bound)
	for i := range z.m {
		for j := range i {
			if z.at(i, j) != z.at(j, i) {
				t.Errorf("%s: not symmetric at (%d, %d)", what, i, j)
				return
			}
		}
	}
}

// mirrored returns the symmetric matrix that has the lower triangle of x.
func mirrored(x table) table {
	y := x.plus(0, x)
	for i := range x.m {
		for j := range i {
			y.data[j*x.n+i] = y.data[i*x.n+j]
		}
	}
	return y
}

// fillUpper overwrites what is above the diagonal of a contiguous block.
func fillUpper(b *kernels.Block, x float64) {
	n := b.Shape()[1]
	at := func(i int) float64 {
		if b.DType() == kernels.Float32 {
			return float64(kernels.Data[float32](b)[i])
		}
		return kernels.Data[float64](b)[i]
	}
	fill(b, func(i int) float64 {
		if i%n > i/n {
			return x
		}
		return at(i)
	})
}

// Trsm is the suite of triangular solves: both sides, both triangles, both
// transpositions, with and without unit diagonal, in all layouts. What must not
// be read is NaN. The residual must be that of a backward stable solve, and the answer the same to the bit for
// any layout.
func Trsm(t testing.TB, impl LinearAlgebra) {
	t.Helper()
	for _, dt := range floats {
		mem, rng := Alloc(t), rand.New(rand.NewPCG(3, uint64(dt)))
		for form := range 16 {
			s := kernels.TrsmSpec{Right: form&1 > 0, Upper: form&2 > 0, Trans: form&4 > 0, Unit: form&8 > 0}
			for i, n := range sizes {
				trsm(t, mem, rng, impl, dt, s, Layout((form+i)%int(Layouts)), n, sizes[(i*5+form)%len(sizes)])
			}
		}
	}
}

func trsm(t testing.TB, mem *Allocator, rng *rand.Rand, impl LinearAlgebra, dt kernels.DType, s kernels.TrsmSpec, l Layout, n, m int) {
	t.Helper()
	what := fmt.Sprintf("trsm %v %d and %d %+v %v", dt, n, m, s, l)
	clean, dirty := triangle(n, s, rng)
	store := must(kernels.NewBlock(mem, dt, n, n))(t)
	defer store.Release()
	fill(store, func(i int) float64 { return dirty.data[i] })
	a := Arrange(t, mem, store, l)
	defer a.Release()
	shape := []int{n, m}
	if s.Right {
		shape = []int{m, n}
	}
	row := Normal(t, mem, rng, dt, shape...)
	defer row.Release()
	b := Arrange(t, mem, row, (l+1)%Layouts)
	defer b.Release()
	unchanged := snapshot(t, what, a, b)
	got, err := impl.Trsm(mem, 2, s, a, b)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	defer got.Release()
	unchanged()
	plain, err := impl.Trsm(mem, 1, s, store, row)
	if err != nil {
		t.Errorf("%s: row-major: %v", what, err)
		return
	}
	defer plain.Release()
	sameBits(t, what+" against row-major operands", got, plain)
	x, op := tableOf(t, got), clean.flip(s.Trans)
	var back, bound table
	if s.Right {
		back, bound = x.times(op), x.abs().times(op.abs())
	} else {
		back, bound = op.times(x), op.abs().times(x.abs())
	}
	within(t, what+": residual", dt, 2*n+2, back, tableOf(t, b), bound.plus(1, tableOf(t, b).abs()))
}

// triangle returns a well-conditioned triangle of float32 numbers, and the same
// with NaN where a solve must not look.
func triangle(n int, s kernels.TrsmSpec, rng *rand.Rand) (clean, dirty table) {
	clean, dirty = table{n, n, make([]float64, n*n)}, table{n, n, make([]float64, n*n)}
	for i := range n {
		for j := range n {
			k := i*n + j
			v, seen := float64(float32(rng.NormFloat64()/float64(n))), s.Upper == (j > i)
			if i == j {
				v, seen = float64(float32(1+rng.Float64())), !s.Unit
			}
			dirty.data[k] = math.NaN()
			if seen {
				clean.data[k], dirty.data[k] = v, v
			}
			if i == j && s.Unit {
				clean.data[k] = 1
			}
		}
	}
	return clean, dirty
}

// Potrf is the suite of Cholesky factorisations: L·Lᵀ gives back a to the
// bound of a backward stable factorisation, nothing above a's diagonal is read,
// zeros stand above L's, and a matrix that is not positive definite is reported
// with the order of its leading minor.
func Potrf(t testing.TB, impl LinearAlgebra) {
	t.Helper()
	for _, dt := range floats {
		mem, rng := Alloc(t), rand.New(rand.NewPCG(4, uint64(dt)))
		for i, n := range sizes {
			potrf(t, mem, rng, impl, dt, Layout(i%int(Layouts)), n)
			for _, minor := range []int{1, n / 2, n} {
				if 0 < minor && minor <= n {
					notPositive(t, mem, rng, impl, dt, n, minor)
				}
			}
		}
	}
}

// positive returns a symmetric positive definite matrix with NaN above the
// diagonal.
func positive(t testing.TB, mem *Allocator, rng *rand.Rand, dt kernels.DType, n int) *kernels.Block {
	t.Helper()
	m := table{n, n, make([]float64, n*n)}
	for i := range m.data {
		m.data[i] = rng.NormFloat64()
	}
	p := m.times(m.flip(true))
	a := must(kernels.NewBlock(mem, dt, n, n))(t)
	fill(a, func(i int) float64 {
		if i/n == i%n {
			return p.data[i] + float64(n)
		}
		return p.data[i]
	})
	fillUpper(a, math.NaN())
	return a
}

func potrf(t testing.TB, mem *Allocator, rng *rand.Rand, impl LinearAlgebra, dt kernels.DType, l Layout, n int) {
	t.Helper()
	what := fmt.Sprintf("potrf %v %d %v", dt, n, l)
	row := positive(t, mem, rng, dt, n)
	defer row.Release()
	a := Arrange(t, mem, row, l)
	defer a.Release()
	unchanged := snapshot(t, what, a)
	got, err := impl.Potrf(mem, 2, a)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	defer got.Release()
	unchanged()
	f := tableOf(t, got)
	for i := range f.m {
		for j := i + 1; j < f.n; j++ {
			if f.at(i, j) != 0 {
				t.Errorf("%s: the factor is %v at (%d, %d), above the diagonal", what, f.at(i, j), i, j)
				return
			}
		}
	}
	within(t, what+": L·Lᵀ", dt, 2*n+2, f.times(f.flip(true)), mirrored(tableOf(t, a)), f.abs().times(f.abs().flip(true)))
}

// notPositive factors a matrix whose leading minors below the given order are
// positive and that one is not.
func notPositive(t testing.TB, mem *Allocator, rng *rand.Rand, impl LinearAlgebra, dt kernels.DType, n, minor int) {
	t.Helper()
	what := fmt.Sprintf("potrf %v %d with a bad minor %d", dt, n, minor)
	a := positive(t, mem, rng, dt, n)
	defer a.Release()
	x := tableOf(t, a)
	x.data[(minor-1)*n+minor-1] = -1
	fill(a, func(i int) float64 { return x.data[i] })
	got, err := impl.Potrf(mem, 1, a)
	if err == nil {
		got.Release()
		t.Errorf("%s: no error", what)
		return
	}
	if !errors.Is(err, kernels.ErrNotPositiveDefinite) || !strings.Contains(err.Error(), fmt.Sprintf("order %d ", minor)) {
		t.Errorf("%s: error %q does not name the order", what, err)
	}
}
