package check

import (
	"context"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// Rates are what a device was measured to do.
type Rates struct {
	In, Out          float64 // copies from and to host memory, through pinned memory, bytes/s
	Gemm64, Gemm32   float64 // products of resident square matrices, flop/s
	Copied, GemmSize int     // bytes of a copy; rows of a matrix
}

// repeats is how often each thing is timed, after once to warm up. The best
// counts: what is slower was disturbed.
const repeats = 5

// Measure copies blocks of so many bytes, a multiple of 8, there and back, and
// multiplies matrices of n rows and columns.
func Measure(ctx context.Context, l *gpu.Lane, bytes, n int) (r Rates, err error) {
	if bytes < 8 || bytes%8 != 0 || n < 1 {
		return r, fmt.Errorf("gpu: check: copies of %d bytes and matrices of %d rows: want a multiple of 8, and 1 or more", bytes, n)
	}
	r.Copied, r.GemmSize = bytes, n
	if r.In, r.Out, err = copies(ctx, l, bytes); err != nil {
		return r, err
	}
	if r.Gemm64, err = gemmRate(ctx, l, kernels.Float64, n); err != nil {
		return r, err
	}
	r.Gemm32, err = gemmRate(ctx, l, kernels.Float32, n)
	return r, err
}

func copies(ctx context.Context, l *gpu.Lane, bytes int) (in, out float64, err error) {
	mem := kernels.AllocatorFrom(ctx)
	host := uniform(kernels.Float64, 0, 1, bytes/8)
	defer host.Release()
	up, down := time.Duration(1<<62), time.Duration(1<<62)
	for range 1 + repeats {
		start := time.Now()
		there, err := l.Upload(ctx, host)
		if err != nil {
			return 0, 0, err
		}
		up = min(up, time.Since(start))
		start = time.Now()
		back, err := there.ToHost(mem)
		down = min(down, time.Since(start))
		there.Release()
		if err != nil {
			return 0, 0, err
		}
		back.Release()
	}
	return float64(bytes) / up.Seconds(), float64(bytes) / down.Seconds(), nil
}

func gemmRate(ctx context.Context, l *gpu.Lane, t kernels.DType, n int) (flops float64, err error) {
	host := uniform(t, -1, 1, n, n)
	defer host.Release()
	a, err := l.Upload(ctx, host)
	if err != nil {
		return 0, err
	}
	defer a.Release()
	attr, best := kernels.GemmSpec{Alpha: 1}.Append(nil), time.Duration(1<<62)
	for range 1 + repeats {
		start := time.Now()
		c, err := run(ctx, l, gpu.OpGemm, attr, graph.List{a, a})
		if err != nil {
			return 0, err
		}
		best = min(best, time.Since(start))
		c.Release()
	}
	return 2 * float64(n) * float64(n) * float64(n) / best.Seconds(), nil
}
