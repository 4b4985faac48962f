package suite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/peak"
	"github.com/ashlar-go/ashlar/kernels"
	ours "github.com/ashlar-go/ashlar/kernels/blas"
)

// Gemm is the suite of BLAS and LAPACK on one node: products C = A·B beside
// gonum, OpenBLAS, MKL and the FMA peak of the machine (the ratio to the last is
// the share of the peak that is reached), other operations and factorisations
// beside OpenBLAS and MKL, what is bound by memory beside that, and gonum's own
// programs on our BLAS. With ASHLAR_KERNELS=avx2 all sides are held to AVX2.
func Gemm() harness.Suite {
	return harness.Suite{
		Name:  "gemm",
		About: "C = A·B on 1 and 2 threads, other operations of BLAS and LAPACK and gonum programs on one, beside gonum, OpenBLAS, MKL and the machine's peaks",
		Plan:  planGemm,
	}
}

// product is the size of one C = A·B.
type product struct{ m, n, k int }

func (p product) flops() float64 { return 2 * float64(p.m) * float64(p.n) * float64(p.k) }

func (p product) String() string {
	if p.m == p.n && p.n == p.k {
		return fmt.Sprintf("n=%d", p.n)
	}
	return fmt.Sprintf("%dx%dx%d", p.m, p.k, p.n)
}

func planGemm(_ context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	var sizes []product
	for _, n := range []int{32, 64, 128, 256, 512, 1024, 2048, 4096} {
		if !cfg.Quick || n <= 1024 {
			sizes = append(sizes, product{n, n, n})
		}
	}
	sizes = append(sizes, product{4096, 4096, 64}, product{64, 64, 4096}, product{2048, 64, 2048})
	vendors := []harness.Peer{harness.NewProcess("openblas", "gemm.py"), harness.NewProcess("mkl", "gemm.py")}
	var cases []harness.Case
	for _, size := range sizes {
		for threads := 1; threads <= min(2, cfg.Threads); threads++ {
			if size.flops() < 1e7 && threads > 1 { // too small for two
				continue
			}
			cases = append(cases,
				gemmCase[float64](cfg, "f64", size, threads, vendors),
				gemmCase[float32](cfg, "f32", size, threads, vendors))
		}
	}
	cases = append(cases, planOps(cfg, vendors)...)
	cases = append(cases, planPrograms(cfg)...)
	return cases, func() error { return errors.Join(vendors[0].Close(), vendors[1].Close()) }, nil
}

// gemmRequest is what the peer's program is asked for.
type gemmRequest struct {
	Op      string `json:"op"`
	Type    string `json:"type"`
	M       int    `json:"m"`
	N       int    `json:"n"`
	K       int    `json:"k"`
	Threads int    `json:"threads"`
	A       string `json:"a"`
	B       string `json:"b"`
}

func gemmCase[T kernels.Float](cfg harness.Config, name string, size product, threads int, vendors []harness.Peer) harness.Case {
	run := &gemmRun[T]{size: size, threads: threads}
	// Sums of n·n products, each of k, that were rounded in another order.
	tolerance := 1e-11
	if name == "f32" {
		tolerance = 1e-4
	}
	request := gemmRequest{Op: "gemm", Type: name, M: size.m, N: size.n, K: size.k, Threads: threads}
	request.A, request.B = cfg.Dir+"/gemm-a.raw", cfg.Dir+"/gemm-b.raw"
	return harness.Case{
		Name:    fmt.Sprintf("%s/%v/threads=%d", name, size, threads),
		Metric:  "GFLOP/s",
		Better:  harness.Higher,
		Value:   func(seconds float64) float64 { return size.flops() / seconds / 1e9 },
		Prepare: func(context.Context) (func(), error) { return run.prepare(request.A, request.B) },
		Ours:    run.ours,
		Peers: append([]harness.Peer{
			&harness.Func{PeerName: "gonum", PeerVersion: moduleVersion("gonum.org/v1/gonum"), Do: run.gonum},
			&harness.Limit{PeerName: "fma-peak", PeerVersion: peak.FMAFor(time.Millisecond).With, Measure: func() float64 {
				return size.flops() / (peakOf[T](peak.FMAFor(20*time.Millisecond)) * 1e9 * float64(threads))
			}},
		}, vendors...),
		Request:   request,
		Short:     true,
		Tolerance: tolerance,
	}
}

func peakOf[T kernels.Float](rate peak.Rate) float64 {
	if kernels.DTypeOf[T]() == kernels.Float32 {
		return rate.Float32
	}
	return rate.Float64
}

// gemmRun is the data of one case, shared by our side and gonum's.
type gemmRun[T kernels.Float] struct {
	size    product
	threads int
	mem     kernels.Allocator
	a, b, c *kernels.Block
}

func (g *gemmRun[T]) prepare(fileA, fileB string) (func(), error) {
	g.mem = kernels.AllocatorFrom(context.Background())
	var err error
	if g.a, err = randomMatrix[T](1, g.size.m, g.size.k, fileA); err != nil {
		return nil, err
	}
	if g.b, err = randomMatrix[T](2, g.size.k, g.size.n, fileB); err != nil {
		return nil, err
	}
	if g.c, err = kernels.NewBlock(g.mem, kernels.DTypeOf[T](), g.size.m, g.size.n); err != nil {
		return nil, err
	}
	return func() {
		for _, x := range []*kernels.Block{g.a, g.b, g.c} {
			x.Release()
		}
	}, nil
}

func (g *gemmRun[T]) ours(_ context.Context, call harness.Call) (harness.Sample, error) {
	run := productOf(ours.Implementation{Threads: g.threads}, g.size, kernels.Data[T](g.a), kernels.Data[T](g.b), kernels.Data[T](g.c))
	start := time.Now()
	for range call.Repeat {
		run()
	}
	s := harness.Sample{Seconds: time.Since(start).Seconds() / float64(call.Repeat)}
	if call.Check {
		c := kernels.Data[T](g.c)
		if err := checkProduct(g.size, kernels.Data[T](g.a), kernels.Data[T](g.b), c); err != nil {
			return s, err
		}
		s.Answer = digestMatrix(g.size.m, g.size.n, c)
	}
	return s, nil
}

// gonum runs the same product on gonum's BLAS, which takes as many threads as
// the process has.
func (g *gemmRun[T]) gonum(_ context.Context, _ *harness.Case, call harness.Call) (harness.Sample, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(g.threads))
	c := make([]T, g.size.m*g.size.n)
	run := productOf(gonum.Implementation{}, g.size, kernels.Data[T](g.a), kernels.Data[T](g.b), c)
	start := time.Now()
	for range call.Repeat {
		run()
	}
	s := harness.Sample{Seconds: time.Since(start).Seconds() / float64(call.Repeat)}
	if call.Check {
		s.Answer = digestMatrix(g.size.m, g.size.n, c)
	}
	return s, nil
}

// implementation is a BLAS of both types.
type implementation interface {
	blas.Float64Level3
	blas.Float32Level3
}

// productOf returns what computes C = A·B.
func productOf[T kernels.Float](by implementation, size product, a, b, c []T) func() {
	m, n, k := size.m, size.n, size.k
	switch a := any(a).(type) {
	case []float64:
		b, c := any(b).([]float64), any(c).([]float64)
		return func() { by.Dgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, a, k, b, n, 0, c, n) }
	case []float32:
		b, c := any(b).([]float32), any(c).([]float32)
		return func() { by.Sgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, a, k, b, n, 0, c, n) }
	}
	panic(fmt.Sprintf("bench: no gemm of %T", a))
}
