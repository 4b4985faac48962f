package kernels_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/kernels"
)

// Views share memory; only Contiguous, where it has to, copies.
func ExampleBlock_Slice() {
	b, err := kernels.FromSlice([]int64{1, 2, 3, 4, 5, 6}, 2, 3)
	if err != nil {
		panic(err)
	}
	defer b.Release()
	backwards, err := b.Slice(kernels.SliceSpec{
		Start: []int{1, 2}, Count: []int{1, 3}, Step: []int{1, -1}, Drop: []bool{true, false},
	})
	if err != nil {
		panic(err)
	}
	defer backwards.Release()
	row, err := kernels.Contiguous(kernels.DefaultAllocator(), backwards)
	if err != nil {
		panic(err)
	}
	defer row.Release()
	fmt.Println(row, kernels.Data[int64](row))
	// Output: int64[3] [6 5 4]
}

func ExampleGemm() {
	a, _ := kernels.FromSlice([]float64{1, 2, 3, 4}, 2, 2)
	b, _ := kernels.FromSlice([]float64{5, 6, 7, 8}, 2, 2)
	c, err := kernels.Gemm(kernels.DefaultAllocator(), 1, kernels.GemmSpec{TransA: true, Alpha: 1}, nil, a, b)
	if err != nil {
		panic(err)
	}
	defer c.Release()
	fmt.Println(c, kernels.Data[float64](c))
	// Output: float64[2 2] [26 30 38 44]
}

// An array reduces its chunks apart and merges the states.
func ExamplePartial() {
	mem := kernels.DefaultAllocator()
	s := kernels.ReduceSpec{Op: kernels.Var, DType: kernels.Float64, Axes: []int{0}}
	var states []*kernels.Block
	for _, chunk := range [][]float64{{1, 2, 3}, {4, 5}} {
		b, _ := kernels.FromSlice(chunk)
		p, err := kernels.Partial(mem, s, b)
		if err != nil {
			panic(err)
		}
		defer p.Release()
		states = append(states, p)
	}
	sum, err := kernels.Combine(mem, s, states...)
	if err != nil {
		panic(err)
	}
	defer sum.Release()
	variance, err := kernels.Finish(mem, s, sum)
	if err != nil {
		panic(err)
	}
	defer variance.Release()
	fmt.Println(kernels.At[float64](variance))
	// Output: 2
}
