package blas

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
)

func random[T float32 | float64](r *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.Float64() - 0.5)
	}
	return x
}

func BenchmarkGemm(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 0))
	for _, s := range [][3]int{{8, 8, 8}, {16, 16, 16}, {32, 32, 32}, {64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048}, {4096, 4096, 64}, {64, 64, 4096}} {
		m, n, k := s[0], s[1], s[2]
		flops := 2 * float64(m) * float64(n) * float64(k)
		x, y, z := random[float64](r, m*k), random[float64](r, k*n), make([]float64, m*n)
		b.Run(fmt.Sprintf("f64/%dx%dx%d", m, n, k), func(b *testing.B) {
			for b.Loop() {
				Implementation{}.Dgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, x, k, y, n, 0, z, n)
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
		p, q, o := random[float32](r, m*k), random[float32](r, k*n), make([]float32, m*n)
		b.Run(fmt.Sprintf("f32/%dx%dx%d", m, n, k), func(b *testing.B) {
			for b.Loop() {
				Implementation{}.Sgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, p, k, q, n, 0, o, n)
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
