package devicetest

import (
	"math"
	"math/rand/v2"

	"github.com/ashlar-go/ashlar/gpu/device"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
	lapack "gonum.org/v1/gonum/lapack/gonum"
)

// testTrsm solves systems of both triangles, of a matrix and its transpose, with
// NaN where nothing is to be read, beside gonum.
func testTrsm(b *bench) {
	for _, n := range []int{1, 2, 17, 63, device.FactorBlock} {
		for _, m := range []int{1, 5, 300} {
			for form := range 8 {
				upper, trans, unit := form&1 > 0, form&2 > 0, form&4 > 0
				trsmAgrees(b, n, m, upper, trans, unit, device.Float64, 1e-12)
				trsmAgrees(b, n, m, upper, trans, unit, device.Float32, 1e-4)
			}
		}
	}
}

func trsmAgrees(b *bench, n, m int, upper, trans, unit bool, t device.Type, tol float64) {
	b.t.Helper()
	rng := rand.New(rand.NewPCG(uint64(n), uint64(m)))
	a, x := random(rng, n*n), random(rng, n*m)
	for i := range n {
		for j := range n {
			a[i*n+j] /= float64(4 * n)
			if i == j {
				a[i*n+j] += 2
			}
			if (i == j && unit) || i != j && (i > j) == upper {
				a[i*n+j] = math.NaN()
			}
		}
	}
	want := append([]float64{}, x...)
	uplo, diag, tr := blas.Lower, blas.NonUnit, blas.NoTrans
	if upper {
		uplo = blas.Upper
	}
	if unit {
		diag = blas.Unit
	}
	if trans {
		tr = blas.Trans
	}
	gonum.Implementation{}.Dtrsm(blas.Left, uplo, tr, diag, n, m, 1, a, n, want, m)
	pa, px := putFloats(b, t, a), putFloats(b, t, x)
	defer b.free(pa, px)
	op := device.Whole(pa, int64(n))
	if trans {
		op = op.Transposed()
	}
	b.launch(device.Trsm(t, int64(n), int64(m), op, device.Whole(px, int64(m)), upper != trans, unit))
	if d := distance(getFloats(b, t, px, n*m), want); !(d <= tol) {
		b.t.Fatalf("triangle of %d, %d columns, upper %t, transposed %t, unit %t, of %v is %g from gonum", n, m, upper, trans, unit, t, d)
	}
}

func putFloats(b *bench, t device.Type, x []float64) device.Ptr {
	if t == device.Float32 {
		return put(b, narrow(x))
	}
	return put(b, x)
}

func getFloats(b *bench, t device.Type, p device.Ptr, n int) []float64 {
	if t == device.Float32 {
		return widen(get[float32](b, p, n))
	}
	return get[float64](b, p, n)
}

// testPotrf factors a block in a larger matrix, and finds the minor of one that is
// not positive definite.
func testPotrf(b *bench) {
	for _, n := range []int{1, 2, 33, device.FactorBlock} {
		potrfAgrees(b, n, device.Float64, 1e-13)
		potrfAgrees(b, n, device.Float32, 1e-5)
	}
}

func potrfAgrees(b *bench, n int, t device.Type, tol float64) {
	b.t.Helper()
	row := n + 3
	a := make([]float64, n*row)
	for i := range n {
		for j := range row {
			a[i*row+j] = math.NaN()
			if j <= i {
				a[i*row+j] = 1 / float64(1+i-j)
			}
		}
		a[i*row+i] = float64(n)
	}
	want := append([]float64{}, a...)
	if !(lapack.Implementation{}).Dpotrf(blas.Lower, n, want, row) {
		b.t.Fatalf("gonum does not factor the test's matrix of %d", n)
	}
	p, minor := putFloats(b, t, a), put(b, []int64{0})
	defer b.free(p, minor)
	b.launch(device.Potrf(t, int64(n), p, int64(row), minor, 100))
	got := getFloats(b, t, p, n*row)
	for i := range n {
		for j := range i + 1 {
			if g, w := got[i*row+j], want[i*row+j]; !(math.Abs(g-w) <= tol*float64(n)) {
				b.t.Fatalf("factor of %d in %v: element %d, %d is %v, not %v", n, t, i, j, g, w)
			}
		}
	}
	if m := get[int64](b, minor, 1)[0]; m != 0 {
		b.t.Fatalf("minor %d of a positive definite matrix of %d", m, n)
	}
	a[(n/2)*row+n/2] = -1
	q := putFloats(b, t, a)
	defer b.free(q)
	b.launch(device.Potrf(t, int64(n), q, int64(row), minor, 100))
	b.launch(device.Potrf(t, int64(n), p, int64(row), minor, 200)) // does nothing
	if m := get[int64](b, minor, 1)[0]; m != int64(100+n/2+1) {
		b.t.Fatalf("minor %d, of a matrix of %d whose diagonal turns at %d", m, n, n/2)
	}
	testLower(b, t, n)
}

func testLower(b *bench, t device.Type, n int) {
	b.t.Helper()
	x := random(rand.New(rand.NewPCG(1, 2)), n*n)
	p := putFloats(b, t, x)
	defer b.free(p)
	b.launch(device.Lower(t, int64(n), p))
	for i, v := range getFloats(b, t, p, n*n) {
		want := x[i]
		if i%n > i/n {
			want = 0
		}
		if v != want {
			b.t.Fatalf("lower triangle of %d in %v: element %d is %v, not %v", n, t, i, v, want)
		}
	}
}
