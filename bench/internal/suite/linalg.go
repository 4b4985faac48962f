package suite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/kernels"
)

// Linalg is the suite of blocked linear algebra through the engine, beside
// gonum on the whole matrix and dask.array on the same blocks. The ratio to
// own-gemm is the share of our gemm's rate on one block that is kept.
func Linalg() harness.Suite {
	return harness.Suite{
		Name:  "linalg",
		About: "matmul, Cholesky, tall-skinny QR and least squares in blocks, beside gonum, dask.array and our own gemm's rate",
		Plan:  planLinalg,
	}
}

// problem is one computation on given matrices.
type problem struct {
	name  string
	m, n  int // shape of A
	block int // rows of a block, and columns where A is square
	flops float64
	// prepare makes A and B and writes them for the peers.
	prepare func(p *problem) error
	// build is the expression to compute.
	build func(a, b *array.Array) []*array.Array
	// digest sums up what was computed; it also checks what peers cannot.
	digest func(ctx context.Context, run *engine, p *problem, out []*array.Array) (harness.Answer, error)
	// gonum computes the same on the whole matrices and returns how to digest
	// it. It may overwrite the copy of A, and of B, that it is given.
	gonum func(p *problem, a, b []float64) func() harness.Answer

	a, b         *kernels.Block // b may be nil
	fileA, fileB string
}

func (p *problem) release() {
	for _, x := range []*kernels.Block{p.a, p.b} {
		if x != nil {
			x.Release()
		}
	}
	p.a, p.b = nil, nil
}

// linalgRequest is what the peer's program is asked for.
type linalgRequest struct {
	Problem string `json:"problem"`
	M       int    `json:"m"`
	N       int    `json:"n"`
	Block   int    `json:"block"`
	A       string `json:"a"`
	B       string `json:"b"`
}

func problems(quick bool) []*problem {
	if quick {
		return []*problem{newMatMul(4096, 1024), newMatMul(2048, 512), newCholesky(2048, 512), newQR(200_000, 50, 25_000), newLstsq(200_000, 50, 25_000)}
	}
	return []*problem{newMatMul(8192, 1024), newCholesky(8192, 1024), newQR(2_000_000, 100, 62_500), newLstsq(2_000_000, 100, 62_500)}
}

func planLinalg(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	run, err := startEngine(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	dask := harness.NewProcess("dask", "linalg.py", "--threads", fmt.Sprint(cfg.Threads))
	var cases []harness.Case
	for _, p := range problems(cfg.Quick) {
		p.fileA, p.fileB = cfg.Dir+"/linalg-a.raw", cfg.Dir+"/linalg-b.raw"
		c, err := linalgCase(cfg, run, p, dask)
		if err != nil {
			return nil, nil, errors.Join(err, run.close())
		}
		cases = append(cases, c)
	}
	return cases, func() error { return errors.Join(dask.Close(), run.close()) }, nil
}

func linalgCase(cfg harness.Config, run *engine, p *problem, dask harness.Peer) (harness.Case, error) {
	c := harness.Case{
		Name:      fmt.Sprintf("%s/%dx%d/block=%d", p.name, p.m, p.n, p.block),
		Metric:    "GFLOP/s",
		Better:    harness.Higher,
		Value:     func(seconds float64) float64 { return p.flops / seconds / 1e9 },
		Request:   linalgRequest{p.name, p.m, p.n, p.block, p.fileA, p.fileB},
		Tolerance: 1e-8,
		Peers: []harness.Peer{
			&harness.Func{PeerName: "gonum", PeerVersion: moduleVersion("gonum.org/v1/gonum"),
				Do: func(_ context.Context, _ *harness.Case, call harness.Call) (harness.Sample, error) {
					return p.runGonum(cfg.Threads, call), nil
				}},
			dask,
		},
	}
	if p.m == p.n {
		rate, err := gemmRate(p.block)
		if err != nil {
			return c, err
		}
		c.Peers = append(c.Peers, &harness.Limit{PeerName: "own-gemm", PeerVersion: fmt.Sprintf("n=%d", p.block),
			Seconds: p.flops / (rate * float64(cfg.Threads))})
	}
	var onCluster []*array.Array
	c.Prepare = func(ctx context.Context) (func(), error) {
		if err := p.prepare(p); err != nil {
			p.release()
			return nil, err
		}
		held, release, err := p.scatter(ctx, run)
		if err != nil {
			p.release()
			return nil, err
		}
		onCluster = held
		return func() { release(); p.release() }, nil
	}
	c.Ours = func(ctx context.Context, call harness.Call) (harness.Sample, error) {
		return p.runOurs(ctx, run, onCluster, call)
	}
	return c, nil
}

// gemmRate is the rate of our gemm on one block and one thread, in floating
// point operations a second: the best of several, as for a limit.
func gemmRate(n int) (float64, error) {
	g := &gemmRun[float64]{size: product{n, n, n}, threads: 1, mem: kernels.AllocatorFrom(context.Background())}
	release, err := g.prepare("", "")
	if err != nil {
		return 0, err
	}
	defer release()
	best := math.Inf(1)
	for range harness.MinRuns {
		s, err := g.ours(context.Background(), harness.Call{Repeat: 1})
		if err != nil {
			return 0, err
		}
		best = min(best, s.Seconds)
	}
	return g.size.flops() / best, nil
}

// scatter cuts the matrices into blocks and puts them where the engine
// computes.
func (p *problem) scatter(ctx context.Context, run *engine) ([]*array.Array, func(), error) {
	var held []*array.Array
	var releases []func()
	release := func() {
		for _, r := range releases {
			r()
		}
	}
	for _, x := range []*kernels.Block{p.a, p.b} {
		if x == nil {
			held = append(held, nil)
			continue
		}
		// Blocks are square where A is, and whole rows where it is tall.
		chunk := []int{p.block}
		if x.NDim() == 2 {
			chunk = append(chunk, min(p.block, x.Shape()[1]))
		}
		h, r, err := array.FromBlock(x, array.ChunkShape(chunk...)).Persist(ctx, run)
		if err != nil {
			release()
			return nil, nil, err
		}
		releases = append(releases, r)
		if err := h.Wait(ctx, run); err != nil {
			release()
			return nil, nil, err
		}
		held = append(held, h)
	}
	return held, release, nil
}

// runOurs computes the expression and leaves its blocks where they are.
func (p *problem) runOurs(ctx context.Context, run *engine, in []*array.Array, call harness.Call) (harness.Sample, error) {
	var s harness.Sample
	start := time.Now()
	var done []*array.Array
	for _, x := range p.build(in[0], in[1]) {
		h, release, err := x.Persist(ctx, run)
		if err != nil {
			return s, err
		}
		defer release()
		done = append(done, h)
	}
	for _, h := range done {
		if err := h.Wait(ctx, run); err != nil {
			return s, err
		}
	}
	s.Seconds = time.Since(start).Seconds()
	var err error
	if call.Check {
		s.Answer, err = p.digest(ctx, run, p, append(done, in...))
	}
	return s, err
}

// runGonum runs on copies, made before the clock starts.
func (p *problem) runGonum(threads int, call harness.Call) harness.Sample {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	a := append([]float64{}, kernels.Data[float64](p.a)...)
	var b []float64
	if p.b != nil {
		b = append(b, kernels.Data[float64](p.b)...)
	}
	start := time.Now()
	digest := p.gonum(p, a, b)
	s := harness.Sample{Seconds: time.Since(start).Seconds()}
	if call.Check {
		s.Answer = digest()
	}
	return s
}
