package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// LinearAlgebra is an implementation of the linear algebra of package kernels,
// whose documentation says what each does.
type LinearAlgebra struct {
	Gemm  func(mem kernels.Allocator, threads int, s kernels.GemmSpec, c *kernels.Block, ab ...*kernels.Block) (*kernels.Block, error)
	Syrk  func(mem kernels.Allocator, threads int, s kernels.SyrkSpec, c, a *kernels.Block) (*kernels.Block, error)
	Trsm  func(mem kernels.Allocator, threads int, s kernels.TrsmSpec, t, b *kernels.Block) (*kernels.Block, error)
	Potrf func(mem kernels.Allocator, threads int, a *kernels.Block) (*kernels.Block, error)
}

// floats are the types that linear algebra is done in.
var floats = []kernels.DType{kernels.Float64, kernels.Float32}

// sizes of matrices around the tiles that implementations like.
var sizes = []int{0, 1, 2, 3, 5, 8, 17, 31, 64, 65, 130, 200}

// Gemm is the suite of matrix products: every transposition, layout and
// awkward size, accumulation, several pairs, exactness on whole numbers,
// special values, and one answer to the bit for any layout and number of threads.
func Gemm(t testing.TB, impl LinearAlgebra) {
	t.Helper()
	for _, dt := range floats {
		g := gemmer{t, Alloc(t), rand.New(rand.NewPCG(1, uint64(dt))), impl, dt}
		for i, m := range sizes {
			for j, n := range sizes {
				k := sizes[(i*7+j*5)%len(sizes)]
				s := kernels.GemmSpec{TransA: i&1 == 1, TransB: (i+j)&2 == 2, Accumulate: j&1 == 1, Alpha: []float64{1, -1, 0.75, 0}[(i+j)%4]}
				g.product(s, Layout((i+j)%int(Layouts)), Layout((i*3+j)%int(Layouts)), m, n, k)
			}
		}
		for trans := range 4 {
			for layouts := range int(Layouts * Layouts) {
				s := kernels.GemmSpec{TransA: trans&1 == 1, TransB: trans&2 == 2, Accumulate: layouts&1 == 1, Alpha: 1}
				g.product(s, Layout(layouts)%Layouts, Layout(layouts)/Layouts, 9, 13, 11)
			}
		}
		g.whole()
		g.special()
		g.layouts()
		g.threads()
	}
}

type gemmer struct {
	t    testing.TB
	mem  *Allocator
	rng  *rand.Rand
	impl LinearAlgebra
	dt   kernels.DType
}

// factors returns a and b for a product of the given form, in any layout.
func (g gemmer) factors(s kernels.GemmSpec, la, lb Layout, m, n, k int, f func(int) float64) (a, b *kernels.Block) {
	make := func(trans bool, l Layout, rows, cols int) *kernels.Block {
		if trans {
			rows, cols = cols, rows
		}
		x := must(kernels.NewBlock(g.mem, g.dt, rows, cols))(g.t)
		defer x.Release()
		fill(x, f)
		return Arrange(g.t, g.mem, x, l)
	}
	return make(s.TransA, la, m, k), make(s.TransB, lb, k, n)
}

// product checks c + alpha·(op(a)·op(b) + op(d)·op(e)) against gonum.
func (g gemmer) product(s kernels.GemmSpec, la, lb Layout, m, n, k int) {
	g.t.Helper()
	what := fmt.Sprintf("gemm %v %d×%d×%d %+v, a %v, b %v", g.dt, m, k, n, s, la, lb)
	normal := func(int) float64 { return g.rng.NormFloat64() }
	a, b := g.factors(s, la, lb, m, n, k, normal)
	defer a.Release()
	defer b.Release()
	d, e := g.factors(s, lb, la, m, n, k+3, normal)
	defer d.Release()
	defer e.Release()
	want, bound := table{m, n, make([]float64, m*n)}, table{m, n, make([]float64, m*n)}
	var c *kernels.Block
	if s.Accumulate {
		row := Normal(g.t, g.mem, g.rng, g.dt, m, n)
		defer row.Release()
		c = Arrange(g.t, g.mem, row, lb)
		defer c.Release()
		want = tableOf(g.t, c)
		bound = want.abs()
	}
	for _, pair := range [][2]*kernels.Block{{a, b}, {d, e}} {
		x, y := tableOf(g.t, pair[0]).flip(s.TransA), tableOf(g.t, pair[1]).flip(s.TransB)
		want = want.plus(s.Alpha, x.times(y))
		bound = bound.plus(math.Abs(s.Alpha), x.abs().times(y.abs()))
	}
	unchanged := snapshot(g.t, what, a, b, c, d, e)
	got, err := g.impl.Gemm(g.mem, 2, s, c, a, b, d, e)
	if err != nil {
		g.t.Errorf("%s: %v", what, err)
		return
	}
	defer got.Release()
	unchanged()
	within(g.t, what, g.dt, 2*k+5, tableOf(g.t, got), want, bound)
}

// whole multiplies small whole numbers, of which every order of summation gives
// the exact product.
func (g gemmer) whole() {
	g.t.Helper()
	s := kernels.GemmSpec{Alpha: 1}
	a, b := g.factors(s, RowMajor, RowMajor, 70, 81, 93, func(i int) float64 { return float64(i*7919%17 - 8) })
	defer a.Release()
	defer b.Release()
	x, y := tableOf(g.t, a), tableOf(g.t, b)
	got, err := g.impl.Gemm(g.mem, 1, s, nil, a, b)
	if err != nil {
		g.t.Errorf("gemm of whole numbers: %v", err)
		return
	}
	defer got.Release()
	z := tableOf(g.t, got)
	for i := range z.m {
		for j := range z.n {
			sum := 0.0
			for k := range x.n {
				sum += x.at(i, k) * y.at(k, j)
			}
			if z.at(i, j) != sum {
				g.t.Errorf("gemm %v of whole numbers: element (%d, %d) is %v, want exactly %v", g.dt, i, j, z.at(i, j), sum)
				return
			}
		}
	}
}

// special multiplies by numbers that fast code likes to lose.
func (g gemmer) special() {
	g.t.Helper()
	most := math.MaxFloat64
	if g.dt == kernels.Float32 {
		most = math.MaxFloat32
	}
	for _, x := range []float64{tiny(g.dt), 3 * tiny(g.dt), most, math.Inf(1), math.Inf(-1), math.NaN()} {
		for _, at := range []int{0, 7, 19} {
			s := kernels.GemmSpec{Alpha: 1}
			// One x in a row of a that is zero elsewhere, and ones in b.
			a, b := g.factors(s, RowMajor, RowMajor, 5, 67, 20, func(int) float64 { return 1 })
			fill(a, func(i int) float64 {
				if i == 2*20+at {
					return x
				}
				return 0
			})
			got, err := g.impl.Gemm(g.mem, 1, s, nil, a, b)
			a.Release()
			b.Release()
			if err != nil {
				g.t.Errorf("gemm with %v: %v", x, err)
				return
			}
			for i, v := range Floats(g.t, got) {
				want := 0.0
				if i/67 == 2 {
					want = x
				}
				if v != want && !(math.IsNaN(v) && math.IsNaN(want)) {
					g.t.Errorf("gemm %v with %v at column %d: element (%d, %d) is %v, want %v", g.dt, x, at, i/67, i%67, v, want)
					break
				}
			}
			got.Release()
		}
	}
}

// layouts compares the answers for operands that lie differently in memory.
func (g gemmer) layouts() {
	g.t.Helper()
	s := kernels.GemmSpec{Alpha: 1}
	a, b := g.factors(s, RowMajor, RowMajor, 37, 41, 75, func(int) float64 { return g.rng.NormFloat64() })
	defer a.Release()
	defer b.Release()
	want, err := g.impl.Gemm(g.mem, 1, s, nil, a, b)
	if err != nil {
		g.t.Errorf("gemm: %v", err)
		return
	}
	defer want.Release()
	for l := range Layouts * Layouts {
		x, y := Arrange(g.t, g.mem, a, l%Layouts), Arrange(g.t, g.mem, b, l/Layouts)
		got, err := g.impl.Gemm(g.mem, 1, s, nil, x, y)
		x.Release()
		y.Release()
		if err != nil {
			g.t.Errorf("gemm: %v", err)
			return
		}
		sameBits(g.t, fmt.Sprintf("gemm %v of %v and %v", g.dt, l%Layouts, l/Layouts), got, want)
		got.Release()
	}
}

// threads compares the answers of different numbers of threads.
func (g gemmer) threads() {
	g.t.Helper()
	s := kernels.GemmSpec{Alpha: 1}
	a, b := g.factors(s, RowMajor, RowMajor, 260, 150, 140, func(int) float64 { return g.rng.NormFloat64() })
	defer a.Release()
	defer b.Release()
	one, err := g.impl.Gemm(g.mem, 1, s, nil, a, b)
	if err != nil {
		g.t.Errorf("gemm on one thread: %v", err)
		return
	}
	defer one.Release()
	many, err := g.impl.Gemm(g.mem, 5, s, nil, a, b)
	if err != nil {
		g.t.Errorf("gemm on five threads: %v", err)
		return
	}
	defer many.Release()
	sameBits(g.t, fmt.Sprintf("gemm %v on five threads", g.dt), many, one)
}
