package expr_test

import (
	"fmt"
	"log"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// A program over blocks: sqrt(x² + 1), where x broadcasts along with y.
func ExampleEvalBlocks() {
	b := expr.NewBuilder()
	x, y := b.Input(expr.Float64), b.Input(expr.Float64)
	square, err := b.Apply(expr.Mul, x, x)
	if err != nil {
		log.Fatal(err)
	}
	sum, err := b.Apply(expr.Add, square, y)
	if err != nil {
		log.Fatal(err)
	}
	root, err := b.Apply(expr.Sqrt, sum)
	if err != nil {
		log.Fatal(err)
	}
	p, err := b.Program(root)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p)

	row, _ := kernels.FromSlice([]float64{3, 5}, 1, 2)
	column, _ := kernels.FromSlice([]float64{16, 144}, 2, 1)
	out, err := expr.EvalBlocks(memory.DefaultAllocator, p, []*kernels.Block{row, column})
	if err != nil {
		log.Fatal(err)
	}
	defer out[0].Release()
	fmt.Printf("%v: %.3v\n", out[0], kernels.Data[float64](out[0]))
	// Output:
	// %0 float64 = input 0
	// %1 float64 = input 1
	// %2 float64 = mul %0 %0
	// %3 float64 = add %2 %1
	// %4 float64 = sqrt %3
	// return %4
	// float64[2 2]: [5 6.4 12.4 13]
}

// A program over columns with nulls: which flights were late?
func ExampleEvalColumns() {
	b := expr.NewBuilder()
	delay := b.Input(expr.Int64)
	late, err := b.Apply(expr.Gt, delay, b.Int(15))
	if err != nil {
		log.Fatal(err)
	}
	p, err := b.Program(late)
	if err != nil {
		log.Fatal(err)
	}
	builder := array.NewInt64Builder(memory.DefaultAllocator)
	builder.AppendValues([]int64{3, 40, 0}, []bool{true, true, false})
	delays := builder.NewInt64Array()
	out, err := expr.EvalColumns(memory.DefaultAllocator, p, []arrow.Array{delays}, 3)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out[0])
	// Output: [false true (null)]
}
