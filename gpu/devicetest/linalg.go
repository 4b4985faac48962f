package devicetest

import (
	"math"
	"math/rand/v2"

	"github.com/ashlar-go/ashlar/gpu/device"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

func random(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(float32(rng.NormFloat64())) // the same in both precisions
	}
	return x
}

func narrow(x []float64) []float32 {
	y := make([]float32, len(x))
	for i := range x {
		y[i] = float32(x[i])
	}
	return y
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = float64(x[i])
	}
	return y
}

// gemmCase is a product of matrices whose rows are longer than need be.
type gemmCase struct {
	m, n, k        int
	transA, transB bool
	pad            int
	alpha, beta    float64
}

func testGemm(b *bench) {
	cases := []gemmCase{
		{1, 1, 1, false, false, 0, 1, 0}, {64, 64, 16, false, false, 0, 1, 0}, {65, 63, 17, false, false, 0, 1, 0},
		{3, 200, 5, true, false, 2, 1, 1}, {130, 70, 33, false, true, 3, -0.5, 0}, {70, 130, 64, true, true, 1, 2, -1},
		{5, 5, 0, false, false, 0, 1, 0}, {5, 5, 0, false, false, 0, 1, 2}, {128, 1, 128, false, false, 0, 1, 1}, {2, 70000, 3, false, false, 0, 1, 0},
	}
	for _, c := range cases {
		gemmAgrees(b, c, device.Float64, 1e-13)
		gemmAgrees(b, c, device.Float32, 1e-5)
	}
}

func gemmAgrees(b *bench, c gemmCase, t device.Type, tol float64) {
	b.t.Helper()
	rng := rand.New(rand.NewPCG(uint64(c.m), uint64(c.n)))
	rowsA, colsA, rowsB, colsB := c.m, c.k, c.k, c.n
	if c.transA {
		rowsA, colsA = colsA, rowsA
	}
	if c.transB {
		rowsB, colsB = colsB, rowsB
	}
	lda, ldb := colsA+c.pad+1, colsB+c.pad+1
	x, y, z := random(rng, rowsA*lda), random(rng, rowsB*ldb), random(rng, c.m*c.n)
	if c.beta == 0 && len(z) > 0 {
		z[0] = math.NaN() // not to be read
	}
	got := runGemm(b, c, t, x, y, z, lda, ldb)
	if c.beta == 0 {
		clear(z)
	}
	gonum.Implementation{}.Dgemm(trans(c.transA), trans(c.transB), c.m, c.n, c.k, c.alpha, x, lda, y, ldb, c.beta, z, c.n)
	if d := distance(got, z); !(d <= tol*math.Sqrt(float64(c.k+1))) {
		b.t.Fatalf("gemm %v %+v is %g from gonum", t, c, d)
	}
}

func trans(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

func runGemm(b *bench, c gemmCase, t device.Type, x, y, z []float64, lda, ldb int) []float64 {
	var px, py, pz device.Ptr
	if t == device.Float32 {
		px, py, pz = put(b, narrow(x)), put(b, narrow(y)), put(b, narrow(z))
	} else {
		px, py, pz = put(b, x), put(b, y), put(b, z)
	}
	defer b.free(px, py, pz)
	ma, mb := device.Matrix{At: px, Row: int64(lda), Col: 1}, device.Matrix{At: py, Row: int64(ldb), Col: 1}
	if c.transA {
		ma = ma.Transposed()
	}
	if c.transB {
		mb = mb.Transposed()
	}
	b.launch(device.Gemm(t, int64(c.m), int64(c.n), int64(c.k), c.alpha, ma, mb, c.beta, device.Whole(pz, int64(c.n))))
	if t == device.Float32 {
		return widen(get[float32](b, pz, c.m*c.n))
	}
	return get[float64](b, pz, c.m*c.n)
}

// distance is the largest difference relative to the largest element.
func distance(got, want []float64) float64 {
	var d, scale float64
	for i := range want {
		d = math.Max(d, math.Abs(got[i]-want[i])) // NaN spreads
		scale = math.Max(scale, math.Abs(want[i]))
	}
	if d == 0 {
		return 0
	}
	return d / scale
}
