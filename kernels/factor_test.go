package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

var factorTypes = []kernels.DType{kernels.Float64, kernels.Float32}

func tolerance(dt kernels.DType, n int) float64 {
	if dt == kernels.Float32 {
		return 0x1p-23 * float64(n+10)
	}
	return 0x1p-52 * float64(n+10) * 4
}

// dense returns a copy as a gonum matrix of at least one row and column.
func dense(t testing.TB, b *kernels.Block) *mat.Dense {
	t.Helper()
	s := b.Shape()
	if len(s) == 1 {
		s = []int{s[0], 1}
	}
	return mat.NewDense(s[0], s[1], kerneltest.Floats(t, b))
}

// closeTo checks that two matrices differ by at most tol times the norm of the
// second.
func closeTo(t testing.TB, what string, got, want mat.Matrix, tol float64) {
	t.Helper()
	var diff mat.Dense
	diff.Sub(got, want)
	if d, n := mat.Norm(&diff, 2), mat.Norm(want, 2); !(d <= tol*max(n, 1e-300)) {
		t.Errorf("%s: off by %v of %v", what, d, n)
	}
}

func product(x, y mat.Matrix) *mat.Dense {
	var p mat.Dense
	p.Mul(x, y)
	return &p
}

func identity(n int) mat.Matrix {
	d := mat.NewDiagDense(n, nil)
	for i := range n {
		d.SetDiag(i, 1)
	}
	return d
}

func TestQR(t *testing.T) {
	mem, rng := kerneltest.Alloc(t), rand.New(rand.NewPCG(1, 1))
	for _, dt := range factorTypes {
		for i, s := range [][2]int{{1, 1}, {5, 3}, {3, 5}, {64, 64}, {300, 70}, {70, 100}, {129, 33}} {
			what := fmt.Sprintf("qr %v %v", dt, s)
			row := kerneltest.Normal(t, mem, rng, dt, s[0], s[1])
			a := kerneltest.Arrange(t, mem, row, kerneltest.Layout(i)%kerneltest.Layouts)
			q, r, err := kernels.QR(mem, 2, a)
			if err != nil {
				t.Fatal(what, err)
			}
			k := min(s[0], s[1])
			closeTo(t, what+": q·r", product(dense(t, q), dense(t, r)), dense(t, a), tolerance(dt, s[0]))
			closeTo(t, what+": qᵀ·q", product(dense(t, q).T(), dense(t, q)), identity(k), tolerance(dt, s[0]))
			for i := range k {
				for j := range i {
					if dense(t, r).At(i, j) != 0 {
						t.Errorf("%s: r is not zero at (%d, %d)", what, i, j)
					}
				}
			}
			for _, b := range []*kernels.Block{row, a, q, r} {
				b.Release()
			}
		}
	}
}

func TestQRFactorsEmptyAndDependentColumns(t *testing.T) {
	mem := kerneltest.Alloc(t)
	for _, s := range [][2]int{{0, 0}, {4, 0}, {0, 3}} {
		a := ok(kernels.NewBlock(mem, kernels.Float64, s[0], s[1]))(t)
		q, r, err := kernels.QR(mem, 1, a)
		if err != nil || q.Shape()[0] != s[0] || r.Shape()[1] != s[1] {
			t.Errorf("qr of %v: %v %v %v", a, q, r, err)
		}
		a.Release()
		q.Release()
		r.Release()
	}
	zero := ok(kernels.Zeros(mem, kernels.Float64, 5, 2))(t)
	defer zero.Release()
	q, r, err := kernels.QR(mem, 1, zero)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Release()
	defer r.Release()
	closeTo(t, "qᵀ·q of zeros", product(dense(t, q).T(), dense(t, q)), identity(2), 1e-14)
}

func TestLUSolves(t *testing.T) {
	mem, rng := kerneltest.Alloc(t), rand.New(rand.NewPCG(2, 2))
	for _, dt := range factorTypes {
		for _, n := range []int{1, 2, 7, 64, 65, 200} {
			a, x := kerneltest.Normal(t, mem, rng, dt, n, n), kerneltest.Normal(t, mem, rng, dt, n, 3)
			b := ok(kernels.Gemm(mem, 1, kernels.GemmSpec{Alpha: 1}, nil, a, x))(t)
			lu, pivots, err := kernels.Getrf(mem, 2, a)
			if err != nil {
				t.Fatal(err)
			}
			got := ok(kernels.Getrs(mem, 2, lu, pivots, b))(t)
			ax := product(dense(t, a), dense(t, got))
			limit := tolerance(dt, n) * float64(n) * mat.Norm(dense(t, got), 2) / mat.Norm(dense(t, x), 2)
			closeTo(t, fmt.Sprintf("getrs %v %d", dt, n), ax, dense(t, b), limit)

			var f mat.LU
			f.Factorize(dense(t, a))
			rows := permutation(kernels.Data[int64](pivots))
			for i, p := range f.RowPivots(nil) { // where each row goes to
				if dt == kernels.Float64 && rows[p] != i {
					t.Errorf("getrf %d: row %d comes from %d, gonum says %d", n, p, rows[p], i)
				}
			}
			for _, b := range []*kernels.Block{a, x, b, lu, pivots, got} {
				b.Release()
			}
		}
	}
}

// permutation returns where each row comes from after the swaps.
func permutation(pivots []int64) []int {
	rows := make([]int, len(pivots))
	for i := range rows {
		rows[i] = i
	}
	for i, k := range pivots {
		rows[i], rows[k] = rows[k], rows[i]
	}
	return rows
}

func TestLUOfSingularAndOblongMatrices(t *testing.T) {
	mem := kerneltest.Alloc(t)
	a, _ := kernels.FromSlice([]float64{1, 2, 2, 4}, 2, 2)
	lu, pivots, err := kernels.Getrf(mem, 1, a)
	if err != nil {
		t.Fatal(err)
	}
	defer lu.Release()
	defer pivots.Release()
	_, err = kernels.Getrs(mem, 1, lu, pivots, a)
	refused(t, err, kernels.ErrSingular, "(1, 1)", "float64[2 2]")

	rng := rand.New(rand.NewPCG(3, 3))
	for _, s := range [][2]int{{150, 70}, {70, 150}} {
		a := kerneltest.Normal(t, mem, rng, kernels.Float64, s[0], s[1])
		lu, pivots, err := kernels.Getrf(mem, 2, a)
		if err != nil {
			t.Fatal(err)
		}
		k := min(s[0], s[1])
		f, l, u := dense(t, lu), mat.NewDense(s[0], k, nil), mat.NewDense(k, s[1], nil)
		for i := range s[0] {
			for j := range s[1] {
				switch {
				case j >= i:
					u.Set(i, j, f.At(i, j))
				default:
					l.Set(i, j, f.At(i, j))
				}
			}
			if i < k {
				l.Set(i, i, 1)
			}
		}
		swapped := dense(t, a)
		for i, p := range kernels.Data[int64](pivots) {
			x, y := mat.Row(nil, i, swapped), mat.Row(nil, int(p), swapped)
			swapped.SetRow(i, y)
			swapped.SetRow(int(p), x)
		}
		closeTo(t, fmt.Sprintf("getrf %v: l·u", s), product(l, u), swapped, 1e-13)
		for _, b := range []*kernels.Block{a, lu, pivots} {
			b.Release()
		}
	}
}

func TestCholeskySolves(t *testing.T) {
	mem := kerneltest.Alloc(t)
	a, _ := kernels.FromSlice([]float64{4, 2, 2, 3}, 2, 2)
	b, _ := kernels.FromSlice([]float64{8, 7}, 2, 1)
	l := ok(kernels.Potrf(mem, 1, a))(t)
	defer l.Release()
	x := ok(kernels.Potrs(mem, 1, l, b))(t)
	defer x.Release()
	closeTo(t, "potrs", dense(t, x), mat.NewDense(2, 1, []float64{1.25, 1.5}), 1e-15)
}

func TestSyevAndGesvd(t *testing.T) {
	mem, rng := kerneltest.Alloc(t), rand.New(rand.NewPCG(4, 4))
	for _, dt := range factorTypes {
		for _, s := range [][2]int{{1, 1}, {4, 4}, {30, 12}, {12, 30}} {
			a := kerneltest.Normal(t, mem, rng, dt, s[0], s[1])
			u, values, vt, err := kernels.Gesvd(mem, a)
			if err != nil {
				t.Fatal(err)
			}
			sigma := mat.NewDiagDense(values.Size(), kerneltest.Floats(t, values))
			closeTo(t, "gesvd: u·s·vt", product(product(dense(t, u), sigma), dense(t, vt)), dense(t, a), tolerance(dt, s[0]+s[1]))

			gram := ok(kernels.Syrk(mem, 1, kernels.SyrkSpec{Trans: true, Alpha: 1}, nil, a))(t)
			w, v, err := kernels.Syev(mem, gram)
			if err != nil {
				t.Fatal(err)
			}
			lambda := mat.NewDiagDense(w.Size(), kerneltest.Floats(t, w))
			closeTo(t, "syev: a·v", product(dense(t, gram), dense(t, v)), product(dense(t, v), lambda), tolerance(dt, s[1])*4)
			top, first := kerneltest.Floats(t, w)[w.Size()-1], kerneltest.Floats(t, values)[0]
			if math.Abs(top-first*first) > tolerance(dt, 30)*top*4 {
				t.Errorf("the greatest eigenvalue of aᵀ·a is %v, the greatest singular value of a squared %v", top, first*first)
			}
			for _, b := range []*kernels.Block{a, u, values, vt, gram, w, v} {
				b.Release()
			}
		}
	}
	bad, _ := kernels.FromSlice([]float64{1, 0, math.NaN(), 1}, 2, 2)
	_, _, err := kernels.Syev(mem, bad)
	refused(t, err, kernels.ErrRange, "element (1, 0) is NaN")
	_, _, _, err = kernels.Gesvd(mem, bad)
	refused(t, err, kernels.ErrRange, "element (1, 0) is NaN")
}

func TestLinearAlgebraRefuses(t *testing.T) {
	mem := kerneltest.Alloc(t)
	a, _ := kernels.FromSlice(make([]float64, 6), 2, 3)
	f, _ := kernels.FromSlice(make([]float32, 6), 2, 3)
	i, _ := kernels.FromSlice(make([]int64, 6), 2, 3)
	v, _ := kernels.FromSlice(make([]float64, 6))
	s := kernels.GemmSpec{Alpha: 1}
	_, err := kernels.Gemm(mem, 1, s, nil, a, a)
	refused(t, err, kernels.ErrShape, "float64[2 3]")
	_, err = kernels.Gemm(mem, 1, s, nil, a, f)
	refused(t, err, kernels.ErrDType, "operand 2", "float32[2 3]")
	_, err = kernels.Gemm(mem, 1, s, nil, i, i)
	refused(t, err, kernels.ErrDType, "int64[2 3]")
	_, err = kernels.Gemm(mem, 1, s, nil, v, v)
	refused(t, err, kernels.ErrShape, "not a matrix")
	_, err = kernels.Gemm(mem, 1, s, a, a, a)
	refused(t, err, kernels.ErrShape, "accumulate")
	s.Accumulate, s.TransB = true, true
	_, err = kernels.Gemm(mem, 1, s, a, a, a)
	refused(t, err, kernels.ErrShape, "c", "[2 3]", "[2 2]")
	_, err = kernels.Trsm(mem, 1, kernels.TrsmSpec{}, a, a)
	refused(t, err, kernels.ErrShape, "triangle float64[2 3]")
	_, err = kernels.Potrf(mem, 1, a)
	refused(t, err, kernels.ErrShape, "not square")
	_, _, err = kernels.Syev(mem, a)
	refused(t, err, kernels.ErrShape, "not square")
}
