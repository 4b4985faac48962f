package array

import (
	"fmt"
	"math"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// scanNaive is numpy's accumulate along an axis of a matrix.
func scanNaive(op kernels.ReduceOp, xs []float64, rows, columns, axis int) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		before := i - columns
		if axis == 1 {
			before = i - 1
		}
		if first := axis == 0 && i < columns || axis == 1 && i%columns == 0; !first {
			switch y := out[before]; op {
			case kernels.Sum:
				x += y
			case kernels.Prod:
				x *= y
			case kernels.Min:
				x = min(x, y)
			default:
				x = max(x, y)
			}
		}
		out[i] = x
	}
	return out
}

// TestCumulative compares with a loop over the whole array, however it is cut;
// whole numbers, which round nowhere, are the same to the bit.
func TestCumulative(t *testing.T) {
	const rows, columns = 13, 11
	xs, whole := make([]float64, rows*columns), make([]float64, rows*columns)
	for i := range xs {
		xs[i], whole[i] = 1+math.Sin(float64(i))/8, float64(i*i%17-8)
	}
	whole[40], xs[77] = math.NaN(), math.Inf(1)
	for _, chunk := range [][]int{{13, 11}, {5, 4}, {1, 1}, {4, 11}, {13, 3}} {
		for axis := range 2 {
			for op, f := range map[kernels.ReduceOp]func(a *Array, axis int) *Array{
				kernels.Sum: (*Array).CumSum, kernels.Prod: (*Array).CumProd, kernels.Min: (*Array).CumMin, kernels.Max: (*Array).CumMax,
			} {
				for k, data := range [][]float64{xs, whole} {
					a := FromSlice(data, []int{rows, columns}, ChunkShape(chunk...))
					want := scanNaive(op, data, rows, columns, axis)
					for i, v := range values(t, f(a, axis-2*(axis&1))) {
						exact := v == want[i] || v != v && want[i] != want[i]
						rounding := k == 0 || op == kernels.Prod
						if !exact && !(rounding && math.Abs(v-want[i]) <= 1e-13*math.Abs(want[i])) {
							t.Fatalf("cum%v along %d in chunks %v: element %d is %v, want %v", op, axis, chunk, i, v, want[i])
						}
					}
				}
			}
		}
	}
}

func TestCumulativeOfManyChunks(t *testing.T) {
	a := Arange(0, 3000, 1, ChunkShape(1), DType(kernels.Int64))
	last := values(t, a.CumSum(0).Slice(From(-1))) // lowered from its end
	if fmt.Sprint(last) != "[4.4985e+06]" {
		t.Errorf("the sum of 0 … 2999 is %v", last)
	}
	empty := Zeros([]int{0, 4}, ChunkShape(1, 2))
	if got := values(t, empty.CumSum(0)); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestCumulativeTypesAndMistakes(t *testing.T) {
	a := Arange(0, 8, 1, ChunkShape(3), DType(kernels.Int32))
	if b := a.CumSum(0); b.DType() != kernels.Int64 {
		t.Errorf("sums of int32 are %v", b.DType())
	}
	if b := a.CumMax(-1); b.DType() != kernels.Int32 {
		t.Errorf("the greatest of int32 are %v", b.DType())
	}
	if got := fmt.Sprint(values(t, a.Gt(2).CumSum(0))); got != "[0 0 0 1 2 3 4 5]" {
		t.Errorf("bools count to %s", got)
	}
	f := FromSlice([]float32{1, 0x1p-24, 0x1p-24, 0x1p-24}, []int{4}, ChunkShape(2))
	if got := values(t, f.CumSum(0)); got[3] != float64(float32(1+3*0x1p-24)) || f.CumSum(0).DType() != kernels.Float32 {
		t.Errorf("float32 adds up to %v", got)
	}
	for what, bad := range map[string]*Array{"axis 1": a.CumSum(1), "bool": a.Gt(2).CumMin(0)} {
		if bad.Err() == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func TestNorms(t *testing.T) {
	const big = 0x1p664 // whose square no float64 holds
	a := FromSlice([]float64{3 * big, -4 * big, 0, 1, -2, 2}, []int{2, 3}, ChunkShape(1, 2))
	for _, c := range []struct {
		got  *Array
		want []float64
	}{
		{a.Norm2(1), []float64{5 * big, 3}}, {a.Norm1(1), []float64{7 * big, 5}}, {a.NormInf(0), []float64{3 * big, 4 * big, 2}},
		{a.Norm2(), []float64{5 * big}}, {a.NormInf(), []float64{4 * big}},
	} {
		if got := values(t, c.got); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%v is %v, want %v", c.got, got, c.want)
		}
	}
	if Zeros([]int{0}).NormInf().Err() == nil {
		t.Error("the greatest of nothing: no error")
	}
}
