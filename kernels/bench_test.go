package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func bench(b *testing.B, flops, bytes float64, f func() (*kernels.Block, error)) {
	for b.Loop() {
		x, err := f()
		if err != nil {
			b.Fatal(err)
		}
		x.Release()
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	if flops > 0 {
		b.ReportMetric(flops/seconds/1e9, "GFLOP/s")
	}
	if bytes > 0 {
		b.ReportMetric(bytes/seconds/1e9, "GB/s")
	}
}

func BenchmarkGemm(b *testing.B) {
	mem, rng := kernels.DefaultAllocator(), rand.New(rand.NewPCG(1, 1))
	const n = 768
	for _, dt := range factorTypes {
		x, y := kerneltest.Normal(b, mem, rng, dt, n, n), kerneltest.Normal(b, mem, rng, dt, n, n)
		for form := range 4 {
			s := kernels.GemmSpec{Alpha: 1, TransA: form&1 == 1, TransB: form&2 == 2}
			b.Run(fmt.Sprintf("%v/transA=%t/transB=%t", dt, s.TransA, s.TransB), func(b *testing.B) {
				bench(b, 2*n*n*n, 0, func() (*kernels.Block, error) { return kernels.Gemm(mem, 1, s, nil, x, y) })
			})
		}
		x.Release()
		y.Release()
	}
	b.Run("gonum", func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		x := kerneltest.Normal(b, mem, rng, kernels.Float64, n, n)
		defer x.Release()
		d := dense(b, x)
		var c mat.Dense
		for b.Loop() {
			c.Mul(d, d)
		}
		b.ReportMetric(2*n*n*n/(b.Elapsed().Seconds()/float64(b.N))/1e9, "GFLOP/s")
	})
}

func BenchmarkFactor(b *testing.B) {
	mem, rng := kernels.DefaultAllocator(), rand.New(rand.NewPCG(1, 1))
	const n = 768
	m := kerneltest.Normal(b, mem, rng, kernels.Float64, n, n)
	defer m.Release()
	a := ok(kernels.Syrk(mem, 1, kernels.SyrkSpec{Alpha: 1}, nil, m))(b)
	defer a.Release()
	for i := range n {
		kernels.Data[float64](a)[i*n+i] += n
	}
	b.Run("potrf", func(b *testing.B) {
		bench(b, n*n*n/3, 0, func() (*kernels.Block, error) { return kernels.Potrf(mem, 1, a) })
	})
	b.Run("trsm", func(b *testing.B) {
		bench(b, n*n*n, 0, func() (*kernels.Block, error) { return kernels.Trsm(mem, 1, kernels.TrsmSpec{}, a, m) })
	})
	b.Run("getrf", func(b *testing.B) {
		bench(b, 2*n*n*n/3, 0, func() (*kernels.Block, error) {
			lu, p, err := kernels.Getrf(mem, 1, m)
			p.Release()
			return lu, err
		})
	})
	tall := kerneltest.Normal(b, mem, rng, kernels.Float64, 20000, 50)
	defer tall.Release()
	b.Run("qr", func(b *testing.B) {
		bench(b, 4*20000*50*50, 0, func() (*kernels.Block, error) {
			q, r, err := kernels.QR(mem, 1, tall)
			r.Release()
			return q, err
		})
	})
}

func BenchmarkReduce(b *testing.B) {
	mem, rng := kernels.DefaultAllocator(), rand.New(rand.NewPCG(1, 1))
	x := kerneltest.Normal(b, mem, rng, kernels.Float64, 2000, 1000)
	defer x.Release()
	for _, op := range []kernels.ReduceOp{kernels.Sum, kernels.Max, kernels.Var, kernels.ArgMin} {
		for _, axes := range [][]int{{0}, {1}} {
			s := kernels.ReduceSpec{Op: op, DType: kernels.Float64, Axes: axes}
			b.Run(fmt.Sprintf("%v/axis=%d", op, axes[0]), func(b *testing.B) {
				bench(b, 0, 16e6, func() (*kernels.Block, error) { return kernels.Partial(mem, s, x) })
			})
		}
	}
}

func BenchmarkMove(b *testing.B) {
	mem, rng := kernels.DefaultAllocator(), rand.New(rand.NewPCG(1, 1))
	x := kerneltest.Normal(b, mem, rng, kernels.Float64, 2000, 1000)
	defer x.Release()
	flipped := ok(x.Transpose())(b)
	defer flipped.Release()
	b.Run("transpose", func(b *testing.B) {
		bench(b, 0, 16e6, func() (*kernels.Block, error) { return kernels.Clone(mem, flipped) })
	})
	b.Run("copy", func(b *testing.B) {
		bench(b, 0, 16e6, func() (*kernels.Block, error) { return kernels.Clone(mem, x) })
	})
	for _, dist := range []kernels.Dist{kernels.Uniform, kernels.Normal, kernels.Integers} {
		s := kernels.RandomSpec{Dist: dist, DType: kernels.Float64, A: 0, B: 1, Global: []int{2_000_000}, Shape: []int{2_000_000}, Offset: []int{0}}
		b.Run(dist.String(), func(b *testing.B) {
			bench(b, 0, 16e6, func() (*kernels.Block, error) { return kernels.Random(mem, s) })
		})
	}
}
