package kerneltest

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/ashlar-go/ashlar/kernels"
)

// table is a matrix that the oracles compute with.
type table struct {
	m, n int
	data []float64
}

func tableOf(t testing.TB, b *kernels.Block) table {
	t.Helper()
	return table{b.Shape()[0], b.Shape()[1], Floats(t, b)}
}

func (x table) at(i, j int) float64 { return x.data[i*x.n+j] }

func (x table) flip(trans bool) table {
	if !trans {
		return x
	}
	y := table{x.n, x.m, make([]float64, len(x.data))}
	for i := range x.m {
		for j := range x.n {
			y.data[j*x.m+i] = x.data[i*x.n+j]
		}
	}
	return y
}

// abs returns the absolute values.
func (x table) abs() table {
	y := table{x.m, x.n, slices.Clone(x.data)}
	for i, v := range y.data {
		y.data[i] = math.Abs(v)
	}
	return y
}

// times returns x·y as gonum computes it.
func (x table) times(y table) table {
	z := table{x.m, y.n, make([]float64, x.m*y.n)}
	if len(z.data) == 0 || x.n == 0 {
		return z
	}
	general := func(t table) blas64.General {
		return blas64.General{Rows: t.m, Cols: t.n, Stride: t.n, Data: t.data}
	}
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, general(x), general(y), 0, general(z))
	return z
}

// plus returns x + f·y.
func (x table) plus(f float64, y table) table {
	z := table{x.m, x.n, slices.Clone(x.data)}
	for i, v := range y.data {
		z.data[i] += f * v
	}
	return z
}

// unit returns the distance of neighbouring numbers around 1.
func unit(dt kernels.DType) float64 {
	if dt == kernels.Float32 {
		return 0x1p-23
	}
	return 0x1p-52
}

// tiny returns the least number above zero.
func tiny(dt kernels.DType) float64 {
	if dt == kernels.Float32 {
		return math.SmallestNonzeroFloat32
	}
	return math.SmallestNonzeroFloat64
}

// within reports every element of got that is further from want than terms
// roundings of bound: the error of adding up that many products, whose absolute
// values add up to bound, in any order.
func within(t testing.TB, what string, dt kernels.DType, terms int, got, want, bound table) {
	t.Helper()
	if got.m != want.m || got.n != want.n {
		t.Errorf("%s: result is %d×%d, want %d×%d", what, got.m, got.n, want.m, want.n)
		return
	}
	for i, v := range got.data {
		limit := float64(terms+4) * (unit(dt)*bound.data[i] + tiny(dt))
		if !(math.Abs(v-want.data[i]) <= limit) {
			t.Errorf("%s: element (%d, %d) is %v, want %v ± %v", what, i/got.n, i%got.n, v, want.data[i], limit)
			return
		}
	}
}

// sameBits reports blocks that differ in a bit, a NaN being any NaN.
func sameBits(t testing.TB, what string, got, want *kernels.Block) {
	t.Helper()
	if !slices.Equal(got.Shape(), want.Shape()) || got.DType() != want.DType() {
		t.Errorf("%s: result is %v, want %v", what, got, want)
		return
	}
	x, y := Floats(t, got), Floats(t, want)
	for i := range x {
		if math.Float64bits(x[i]) != math.Float64bits(y[i]) && !(math.IsNaN(x[i]) && math.IsNaN(y[i])) {
			t.Errorf("%s: element %d is %v, want %v exactly", what, i, x[i], y[i])
			return
		}
	}
}

// snapshot remembers operands; the returned function reports one that changed.
func snapshot(t testing.TB, what string, operands ...*kernels.Block) func() {
	t.Helper()
	var before []*kernels.Block
	for _, b := range operands {
		if b == nil {
			continue
		}
		c := must(kernels.Clone(kernels.DefaultAllocator(), b))(t)
		before = append(before, b, c)
	}
	return func() {
		t.Helper()
		for i := 0; i < len(before); i += 2 {
			sameBits(t, what+": operand changed", before[i], before[i+1])
		}
	}
}
