package kernels_test

import (
	"math"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestPreview shows scalars, rows, matrices with both axes cut, a view whose
// strides are not in order, and more axes.
func TestPreview(t *testing.T) {
	mem := kerneltest.Alloc(t)
	matrix, cube, small := counting(t, mem, 100, 100), counting(t, mem, 2, 3, 9), counting(t, mem, 2, 3)
	turned := ok(small.Transpose())(t)
	empty := counting(t, mem, 0, 3)
	for want, b := range map[string]*kernels.Block{
		"float64[]\n3.5\n":                                kernels.Scalar(3.5),
		"float64[3]\n0.333333      NaN     -Inf\n":        ok(kernels.FromSlice([]float64{1. / 3, math.NaN(), math.Inf(-1)}))(t),
		"uint8[8]\n1 2 3 … 6 7 8\n":                       ok(kernels.FromSlice([]uint8{1, 2, 3, 4, 5, 6, 7, 8}))(t),
		"bool[2]\n true false\n":                          ok(kernels.FromSlice([]bool{true, false}))(t),
		"float32[1]\n0.1\n":                               ok(kernels.FromSlice([]float32{0.1}))(t),
		"int32[2]\n-7 12\n":                               ok(kernels.FromSlice([]int32{-7, 12}))(t),
		"complex128[1 1]\n(1-2i)\n":                       ok(kernels.FromSlice([]complex128{1 - 2i}, 1, 1))(t),
		"int64[0 3]\n(no elements)\n":                     empty,
		"int64[3 2]\n0 3\n1 4\n2 5\n":                     turned,
		"int64[2 3]\n0 1 2\n3 4 5\n":                      small,
		"[1 2 :] 45 46 47 … 51 52 53\n":                   cube,
		"…\n9600 9601 9602 … 9697 9698 9699\n":            matrix,
		" 300  301  302 …  397  398  399\n…\n9600":        matrix,
		"int64[100 100]\n   0    1    2 …   97   98   99": matrix,
	} {
		got := b.Preview()
		if !strings.Contains(got, want) {
			t.Errorf("%v shows as\n%s, want\n%s", b, got, want)
		}
		if n := strings.Count(got, "\n"); n > 10 {
			t.Errorf("%v shows in %d lines", b, n)
		}
		if strings.Contains(b.String(), "\n") {
			t.Errorf("String, which goes into errors, has lines: %q", b.String())
		}
	}
	for _, b := range []*kernels.Block{matrix, cube, small, turned, empty} {
		b.Release()
	}
}
