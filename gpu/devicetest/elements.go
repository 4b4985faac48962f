package devicetest

import (
	"math"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// testRounding has a result rounded to float32 at the operation, or not at all.
func testRounding(b *bench) {
	x := []float64{1.0 / 3}
	p := put(b, x)
	defer b.free(p)
	for _, round := range []bool{false, true} {
		e := &device.Elementwise{
			Shape:    []int64{1},
			Operands: []device.Operand{{At: p, Type: device.Float64, Strides: []int64{1}}},
			Code:     []device.Instr{{Op: device.OpLoad}, {Op: device.OpMul, Dst: 1, Round: round}},
			Out:      device.Float64,
			Result:   1,
		}
		want := x[0] * x[0]
		if round {
			want = float64(float32(want))
		}
		if got := compute[float64](b, e, 1); got[0] != want {
			b.t.Fatalf("rounded %v: %v, not %v", round, got[0], want)
		}
	}
}

// testElements loads every type and stores those that can be stored.
func testElements(b *bench) {
	const far = 1<<53 + 3 // once rounded to float32 it is not what it is rounded twice
	loads := []struct {
		at    device.Ptr
		t     device.Type
		round bool
		want  float64
	}{
		{put(b, []bool{true}), device.Bool, false, 1},
		{put(b, []uint8{200}), device.Uint8, false, 200},
		{put(b, []int32{-5}), device.Int32, false, -5},
		{put(b, []int64{-1 << 40}), device.Int64, false, -1 << 40},
		{put(b, []int64{far}), device.Int64, true, float64(float32(int64(far)))},
		{put(b, []float32{0.1}), device.Float32, false, float64(float32(0.1))},
		{put(b, []float64{0.1}), device.Float64, false, 0.1},
	}
	for _, l := range loads {
		e := &device.Elementwise{
			Operands: []device.Operand{{At: l.at, Type: l.t}},
			Code:     []device.Instr{{Op: device.OpLoad, Round: l.round}},
			Out:      device.Float64,
		}
		if got := compute[float64](b, e, 1); got[0] != l.want {
			b.t.Errorf("load of %v: %v, not %v", l.t, got[0], l.want)
		}
		e.Out = device.Float32
		if got := compute[float32](b, e, 1); got[0] != float32(l.want) {
			b.t.Errorf("float32 of %v: %v, not %v", l.t, got[0], l.want)
		}
		e.Out = device.Bool
		if got := compute[uint8](b, e, 1); got[0] != 1 {
			b.t.Errorf("bool of %v: %v", l.t, got[0])
		}
		b.free(l.at)
	}
}

// testBroadcast adds a row, a transposed matrix and a reversed one over more
// elements than a grid has threads to begin with.
func testBroadcast(b *bench) {
	const rows, cols = 37, 53
	row, mat := make([]float64, cols), make([]float64, rows*cols)
	for i := range mat {
		mat[i] = float64(i)
	}
	for i := range row {
		row[i] = math.Sqrt(float64(i))
	}
	pr, pm := put(b, row), put(b, mat)
	defer b.free(pr, pm)
	e := &device.Elementwise{
		Shape: []int64{rows, cols},
		Operands: []device.Operand{
			{At: pr, Type: device.Float64, Strides: []int64{0, 1}},
			{At: pm, Type: device.Float64, Strides: []int64{1, rows}},
			{At: pm + 8*(rows*cols-1), Type: device.Float64, Strides: []int64{-cols, -1}},
		},
		Code: []device.Instr{
			{Op: device.OpLoad}, {Op: device.OpLoad, Dst: 1, Imm: 1}, {Op: device.OpLoad, Dst: 2, Imm: 2},
			{Op: device.OpAdd, B: 1}, {Op: device.OpMul, B: 2},
		},
		Out: device.Float64,
	}
	want := make([]float64, rows*cols)
	for i := range rows {
		for j := range cols {
			want[i*cols+j] = (row[j] + mat[j*rows+i]) * mat[rows*cols-1-i*cols-j]
		}
	}
	if got := compute[float64](b, e, rows*cols); !slices.Equal(got, want) {
		b.t.Fatal("broadcast, transposed and reversed operands give other numbers")
	}
}
