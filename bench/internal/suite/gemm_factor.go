package suite

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/kernels"
	ours "github.com/ashlar-go/ashlar/kernels/blas"
)

// factorOps are the factorisations of one block, of which they make new ones; so
// do the peers, and the copy that they begin with counts.
func factorOps() []blasOp {
	return []blasOp{
		{name: "potrf", flops: 1. / 3, a: positive, run: func(x *blasRun) error {
			l, err := kernels.Potrf(x.allocations, 1, x.blockA)
			return x.take(err, l)
		}, check: func(x *blasRun) error { return checkFactor(x.n, x.a, x.digestOf) }},
		{name: "getrf", flops: 2. / 3, run: func(x *blasRun) error {
			lu, pivots, err := kernels.Getrf(x.allocations, 1, x.blockA)
			return x.take(err, lu, pivots)
		}},
		{name: "qr", flops: 8. / 3, run: func(x *blasRun) error {
			q, r, err := kernels.QR(x.allocations, 1, x.blockA)
			if err := x.take(err, r, q); err != nil || !x.wanted {
				return err
			}
			for i, v := range x.c { // the signs of its rows are anyone's choice
				x.digestOf[i] = math.Abs(v)
			}
			return nil
		}},
	}
}

// take keeps the values of the first of some blocks, where they are wanted, and
// releases them all.
func (x *blasRun) take(err error, blocks ...*kernels.Block) error {
	if err != nil {
		return err
	}
	if x.wanted {
		copy(x.c, kernels.Data[float64](blocks[0]))
	}
	for _, b := range blocks {
		b.Release()
	}
	return nil
}

// program64 is an unchanged gonum program.
type program64 struct {
	name  string
	flops float64 // as a multiple of n³
	// run is timed; what it returns gives the result to those who look at it.
	run func(n int, a, b *mat.Dense) (result func() mat.Matrix)
}

func programs() []program64 {
	return []program64{
		{"matmul", 2, func(_ int, a, b *mat.Dense) func() mat.Matrix {
			var c mat.Dense
			c.Mul(a, b)
			return func() mat.Matrix { return &c }
		}},
		{"cholesky", 1. / 3, func(n int, a, _ *mat.Dense) func() mat.Matrix {
			var c mat.Cholesky
			if !c.Factorize(mat.NewSymDense(n, a.RawMatrix().Data)) {
				panic("bench: a positive matrix has no Cholesky factor")
			}
			return func() mat.Matrix { return c.RawU() }
		}},
		{"lu", 2. / 3, func(_ int, a, _ *mat.Dense) func() mat.Matrix {
			var f mat.LU
			f.Factorize(a)
			return func() mat.Matrix {
				var u mat.TriDense
				f.UTo(&u)
				return &u
			}
		}},
		{"qr", 4. / 3, func(_ int, a, _ *mat.Dense) func() mat.Matrix {
			var f mat.QR
			f.Factorize(a)
			return func() mat.Matrix {
				var r mat.Dense
				f.RTo(&r)
				return &r
			}
		}},
		// The factorisations alone, without what package mat finds out beside them:
		// the condition of the matrix, by walks along its columns.
		{"potrf", 1. / 3, func(_ int, a, _ *mat.Dense) func() mat.Matrix {
			x := mat.DenseCopyOf(a).RawMatrix()
			t, _ := lapack64.Potrf(blas64.Symmetric{N: x.Rows, Stride: x.Stride, Data: x.Data, Uplo: blas.Upper})
			return func() mat.Matrix { return mat.NewTriDense(t.N, mat.Upper, t.Data) }
		}},
		{"getrf", 2. / 3, func(n int, a, _ *mat.Dense) func() mat.Matrix {
			x := mat.DenseCopyOf(a)
			lapack64.Getrf(x.RawMatrix(), make([]int, n))
			return func() mat.Matrix { return x }
		}},
		{"geqrf", 4. / 3, func(n int, a, _ *mat.Dense) func() mat.Matrix {
			x, tau := mat.DenseCopyOf(a), make([]float64, n)
			work := workspace(func(w []float64, size int) { lapack64.Geqrf(x.RawMatrix(), tau, w, size) })
			lapack64.Geqrf(x.RawMatrix(), tau, work, len(work))
			return func() mat.Matrix { return x }
		}},
	}
}

// planPrograms makes the cases of gonum programs, with our BLAS beside gonum's.
func planPrograms(cfg harness.Config) []harness.Case {
	var cases []harness.Case
	for _, n := range []int{1024, 2048} {
		if cfg.Quick && n > 1024 {
			continue
		}
		for _, p := range programs() {
			cases = append(cases, programCase(p, n))
		}
	}
	return cases
}

func programCase(p program64, n int) harness.Case {
	var a, b *mat.Dense
	run := func(call harness.Call) harness.Sample {
		// gonum takes as many threads as the process has.
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		var result func() mat.Matrix
		start := time.Now()
		for range call.Repeat {
			result = p.run(n, a, b)
		}
		s := harness.Sample{Seconds: time.Since(start).Seconds() / float64(call.Repeat)}
		if call.Check {
			r := mat.DenseCopyOf(result()).RawMatrix()
			s.Answer = digestMatrix(r.Rows, r.Cols, r.Data)
		}
		return s
	}
	return harness.Case{
		Name:   fmt.Sprintf("f64/gonum-%s/n=%d", p.name, n),
		Metric: "GFLOP/s",
		Better: harness.Higher,
		Value:  func(seconds float64) float64 { return p.flops * math.Pow(float64(n), 3) / seconds / 1e9 },
		Prepare: func(context.Context) (func(), error) {
			x := &blasRun{n: n}
			release, err := x.prepare(n*n, "", "")
			if err != nil {
				return nil, err
			}
			if p.name == "cholesky" || p.name == "potrf" {
				positive(n, x.a)
			}
			a, b = mat.NewDense(n, n, x.a), mat.NewDense(n, n, x.b)
			release()
			return func() { a, b = nil, nil }, nil
		},
		Ours: func(_ context.Context, call harness.Call) (harness.Sample, error) {
			blas64.Use(ours.Implementation{Threads: 1})
			defer blas64.Use(gonum.Implementation{})
			return run(call), nil
		},
		Peers: []harness.Peer{&harness.Func{PeerName: "gonum", PeerVersion: moduleVersion("gonum.org/v1/gonum"),
			Do: func(_ context.Context, _ *harness.Case, call harness.Call) (harness.Sample, error) {
				return run(call), nil
			}}},
		Short:     true,
		Tolerance: 1e-8,
	}
}
