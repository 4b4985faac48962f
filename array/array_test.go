package array

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"go.uber.org/goleak"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ctx = context.Background()

func values(t testing.TB, a *Array) []float64 {
	t.Helper()
	x, err := a.Float64s(ctx, &graph.Local{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func dense(t testing.TB, a *Array) *mat.Dense {
	t.Helper()
	m, err := a.Dense(ctx, &graph.Local{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// near fails unless the two agree to a relative error of tol in the Frobenius
// norm.
func near(t testing.TB, what string, got, want mat.Matrix, tol float64) {
	t.Helper()
	gr, gc := got.Dims()
	wr, wc := want.Dims()
	if gr != wr || gc != wc {
		t.Fatalf("%s is %d×%d, want %d×%d", what, gr, gc, wr, wc)
	}
	var diff mat.Dense
	diff.Sub(got, want)
	if e := mat.Norm(&diff, 2) / math.Max(mat.Norm(want, 2), 1e-300); !(e <= tol) {
		t.Errorf("%s is off by %g, relative", what, e)
	}
}

// randn is a random matrix in the given chunks.
func randn(seed uint64, rows, cols int, chunk ...int) *Array {
	return Random(seed).Normal(0, 1, []int{rows, cols}, ChunkShape(chunk...))
}

func TestCreate(t *testing.T) {
	got := fmt.Sprint(values(t, Arange(0, 1, 0.25, ChunkShape(3))), values(t, Eye(3, ChunkShape(2, 2))),
		values(t, Full(7, []int{2, 2}, ChunkShape(1, 2), DType(kernels.Int32))), values(t, Linspace(1, 2, 3)))
	if want := "[0 0.25 0.5 0.75] [1 0 0 0 1 0 0 0 1] [7 7 7 7] [1 1.5 2]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRandomIgnoresChunks: the same seed gives the same numbers however the
// array is cut.
func TestRandomIgnoresChunks(t *testing.T) {
	a := values(t, randn(7, 40, 30, 40, 30))
	b := values(t, randn(7, 40, 30, 7, 11))
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("random elements depend on the chunks")
	}
	g := Random(7)
	first, second := values(t, g.Uniform([]int{5})), values(t, g.Uniform([]int{5}))
	if fmt.Sprint(first) == fmt.Sprint(second) {
		t.Error("two arrays of one generator are the same")
	}
}

func TestElementwiseFusesAndBroadcasts(t *testing.T) {
	x := FromSlice([]float64{1, 4, 9, 16, 25, 36}, []int{2, 3}, ChunkShape(1, 2))
	row := FromSlice([]float64{10, 20, 30}, []int{3}, ChunkShape(3))
	got := values(t, x.Sqrt().Mul(2).Add(row).Sub(1))
	if want := "[11 23 35 17 29 41]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	g, err := Graph(Random(1).Uniform([]int{100}, ChunkShape(50)).Sqrt().Mul(2).Add(1))
	if err != nil {
		t.Fatal(err)
	}
	if n := graph.Optimize(g).Len(); n != 2 {
		t.Errorf("two blocks of a chain are %d tasks, want 2", n)
	}
	if got := values(t, Where(x.Gt(9), x, 0)); fmt.Sprint(got) != "[0 0 0 16 25 36]" {
		t.Errorf("where gave %v", got)
	}
}

// TestSlicingAgreesWithNaive compares slices, transposes, rechunks, reshapes
// and reductions of random arrays with plain loops, under random chunks.
func TestSlicingAgreesWithNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, n := rapid.IntRange(1, 9).Draw(t, "m"), rapid.IntRange(1, 9).Draw(t, "n")
		data := make([]float64, m*n)
		for i := range data {
			data[i] = float64(i)
		}
		chunk := func(name string, n int) int { return rapid.IntRange(1, n).Draw(t, name) }
		a := FromSlice(data, []int{m, n}, ChunkShape(chunk("cm", m), chunk("cn", n)))
		start, stop := rapid.IntRange(-m-1, m+1).Draw(t, "start"), rapid.IntRange(-m-1, m+1).Draw(t, "stop")
		step := rapid.SampledFrom([]int{-3, -2, -1, 1, 2, 3}).Draw(t, "step")
		var want []float64
		for _, i := range pythonSlice(start, stop, step, m) {
			for j := range n {
				want = append(want, data[i*n+j])
			}
		}
		same(t, "slice", a.Slice(Span(start, stop).By(step)), want)
		var tr []float64
		for j := range n {
			for i := range m {
				tr = append(tr, data[i*n+j])
			}
		}
		same(t, "transpose", a.Transpose(), tr)
		same(t, "rechunk", a.RechunkTo(chunk("rm", m), chunk("rn", n)), data)
		same(t, "reshape", a.Transpose().Reshape(-1), tr)
		same(t, "reshape", a.Reshape(-1).Reshape(n, m), data)
		sums := make([]float64, n)
		for i, x := range data {
			sums[i%n] += x
		}
		same(t, "sum", a.Sum(0), sums)
		same(t, "max", a.Max(), []float64{float64(m*n - 1)})
		same(t, "argmax", a.ArgMax(), []float64{float64(m*n - 1)})
		same(t, "concatenate", Concatenate(0, a, a), append(append([]float64{}, data...), data...))
	})
}

func same(t *rapid.T, what string, a *Array, want []float64) {
	got, err := a.Float64s(ctx, &graph.Local{Threads: 1})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if len(got) != len(want) || len(got) > 0 && fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s gave %v, want %v", what, got, want)
	}
}

// pythonSlice is Python's range(*slice(start, stop, step).indices(n)).
func pythonSlice(start, stop, step, n int) []int {
	clamp := func(x, lo, hi int) int {
		if x < 0 {
			x += n
		}
		return min(max(x, lo), hi)
	}
	var out []int
	if step > 0 {
		for i, e := clamp(start, 0, n), clamp(stop, 0, n); i < e; i += step {
			out = append(out, i)
		}
		return out
	}
	for i, e := clamp(start, -1, n-1), clamp(stop, -1, n-1); i > e; i += step {
		out = append(out, i)
	}
	return out
}

func TestMoments(t *testing.T) {
	a := randn(3, 200, 30, 33, 7)
	m := dense(t, a)
	mean, variance := values(t, a.Mean(0)), values(t, a.Reduce(Reduction{Op: kernels.Var, Axes: []int{0}, DDof: 1}))
	for j := range 30 {
		col := mat.Col(nil, j, m)
		mu, v := 0.0, 0.0
		for _, x := range col {
			mu += x / 200
		}
		for _, x := range col {
			v += (x - mu) * (x - mu) / 199
		}
		if math.Abs(mean[j]-mu) > 1e-14 || math.Abs(variance[j]-v) > 1e-13 {
			t.Fatalf("column %d has mean %v and variance %v, want %v and %v", j, mean[j], variance[j], mu, v)
		}
	}
	keep := a.Reduce(Reduction{Op: kernels.Mean, Axes: []int{0}, KeepDims: true})
	if s := fmt.Sprint(keep.Shape()); s != "[1 30]" {
		t.Errorf("keepdims gave shape %s", s)
	}
	if x := values(t, a.Sub(keep).Mean().Mul(1e12).Abs()); x[0] > 1 {
		t.Errorf("the mean of centred columns is %g", x[0]*1e-12)
	}
}

func TestMatMul(t *testing.T) {
	a, b := randn(1, 130, 70, 40, 13), randn(2, 70, 90, 33, 50)
	var want mat.Dense
	want.Mul(dense(t, a), dense(t, b))
	near(t, "product", dense(t, MatMul(a, b)), &want, 1e-14)
	near(t, "product of transposes", dense(t, MatMulT(b, a, true, true)), want.T(), 1e-14)
	near(t, "lazy transposes", dense(t, MatMul(b.Transpose(), a.Transpose())), want.T(), 1e-14)
}

func TestFactorisations(t *testing.T) {
	x := randn(5, 150, 60, 50, 25)
	s := MatMulT(x, x, true, false).Add(Eye(60, ChunkShape(25, 25)).Mul(10))
	var chol mat.Cholesky
	sd := dense(t, s)
	if !chol.Factorize(mat.NewSymDense(60, sd.RawMatrix().Data)) {
		t.Fatal("gonum finds the matrix not positive definite")
	}
	var want mat.TriDense
	chol.LTo(&want)
	near(t, "cholesky", dense(t, s.Cholesky()), &want, 1e-13)

	b := randn(6, 60, 3, 20, 2)
	var xs mat.Dense
	if err := chol.SolveTo(&xs, dense(t, b)); err != nil {
		t.Fatal(err)
	}
	near(t, "solution", dense(t, SolvePositive(s, b)), &xs, 1e-12)

	q, r := x.QR()
	qd, rd := dense(t, q), dense(t, r)
	var qtq, qr mat.Dense
	qtq.Mul(qd.T(), qd)
	qr.Mul(qd, rd)
	near(t, "QᵀQ", &qtq, dense(t, Eye(60)), 1e-13)
	near(t, "QR", &qr, dense(t, x), 1e-13)

	y := randn(8, 150, 1, 40, 1)
	var ls mat.Dense
	if err := ls.Solve(dense(t, x), dense(t, y)); err != nil {
		t.Fatal(err)
	}
	near(t, "least squares", dense(t, Lstsq(x, y)), &ls, 1e-12)

	u, sv, vt := x.SVD()
	var svd mat.SVD
	if !svd.Factorize(dense(t, x), mat.SVDThin) {
		t.Fatal("gonum's SVD failed")
	}
	near(t, "singular values", dense(t, sv), mat.NewVecDense(60, svd.Values(nil)), 1e-12)
	near(t, "U·S·Vᵀ", dense(t, MatMul(u.Mul(sv), vt)), dense(t, x), 1e-12)
}

// TestDeepQR has more blocks than one level of the tree takes.
func TestDeepQR(t *testing.T) {
	a := randn(9, 1000, 5, 10, 5)
	q, r := a.QR()
	near(t, "QR", dense(t, MatMul(q, r)), dense(t, a), 1e-13)
	near(t, "QᵀQ", dense(t, MatMulT(q, q, true, false)), dense(t, Eye(5)), 1e-13)
}

func TestPersist(t *testing.T) {
	l := &graph.Local{}
	a, release, err := randn(4, 30, 30, 10, 10).Persist(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := a.Wait(ctx, l); err != nil {
		t.Fatal(err)
	}
	one, err := a.Sum().Scalar(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	if two := values(t, randn(4, 30, 30, 10, 10).Sum())[0]; one != two {
		t.Errorf("the sum of the persisted array is %v, of the array %v", one, two)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	a, b := Zeros([]int{3, 4}), Zeros([]int{5, 6})
	cases := map[string]*Array{
		"[3 4] and [5 6] do not broadcast": a.Add(b),
		"inner lengths are 4 and 5":        MatMul(a, b),
		"array_test.go":                    MatMul(a, b).Sum().Sqrt(),
		"axis 7":                           a.Sum(7),
		"not square":                       a.Cholesky(),
		"position 9":                       a.Slice(At(9)),
		"int64":                            MatMul(a.AsType(kernels.Int64), a),
		"add up to 5":                      a.Rechunk(Chunks{{5}, {4}}),
		"string":                           a.Add("x"),
		"[2 5] holds 10 elements":          a.Reshape(2, 5),
	}
	for want, c := range cases {
		if c.Err() == nil || !strings.Contains(c.Err().Error(), want) {
			t.Errorf("the error must contain %q: %v", want, c.Err())
		}
		if _, err := c.Compute(ctx, &graph.Local{}); err == nil {
			t.Errorf("%s: computing a faulty array must fail", want)
		}
	}
	_, err := Eye(3).Neg().Cholesky().Compute(ctx, &graph.Local{})
	if err == nil || !strings.Contains(err.Error(), "positive definite") || !strings.Contains(err.Error(), "minor") {
		t.Errorf("the Cholesky of -I gave %v", err)
	}
}
