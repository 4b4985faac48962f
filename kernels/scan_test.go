package kernels_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// prefixes scans one line as numpy does, in float64 or, for integers, int64.
func prefixes(op kernels.ReduceOp, xs []float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		if i > 0 {
			before := out[i-1]
			switch op {
			case kernels.Sum:
				x += before
			case kernels.Prod:
				x *= before
			case kernels.Min:
				x = min(x, before)
			case kernels.Max:
				x = max(x, before)
			}
		}
		out[i] = x
	}
	return out
}

var scanOps = []kernels.ReduceOp{kernels.Sum, kernels.Prod, kernels.Min, kernels.Max}

// TestScan compares every operation, type and axis with a loop, to the bit, for
// any layout in memory, with special numbers among them.
func TestScan(t *testing.T) {
	mem := kerneltest.Alloc(t)
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 0x1p-1074, 0x1p-140}
	for _, dt := range []kernels.DType{kernels.Float64, kernels.Float32, kernels.Int64, kernels.Int32, kernels.Uint8} {
		for _, op := range scanOps {
			rng := rand.New(rand.NewPCG(uint64(dt), uint64(op)))
			for _, shape := range [][]int{{1}, {7}, {0}, {1500}, {3, 700}, {700, 3}, {5, 1, 4}, {2, 3, 600}, {4, 0}, {0, 4}} {
				for axis := range shape {
					b := kerneltest.Normal(t, mem, rng, dt, shape...)
					if data := kerneltest.Floats(t, b); dt == kernels.Float64 {
						for i := range data {
							if rng.IntN(9) == 0 {
								kernels.Data[float64](b)[i] = special[rng.IntN(len(special))]
							}
						}
					}
					checkScan(t, mem, kernels.ScanSpec{Op: op, DType: dt, Axis: axis}, b)
					b.Release()
				}
			}
		}
	}
}

func checkScan(t *testing.T, mem *kerneltest.Allocator, s kernels.ScanSpec, b *kernels.Block) {
	t.Helper()
	shape, data := b.Shape(), kerneltest.Floats(t, b)
	inner, n := 1, shape[s.Axis]
	for _, k := range shape[s.Axis+1:] {
		inner *= k
	}
	want := make([]float64, len(data))
	for at := range data {
		if at/inner%max(n, 1) != 0 {
			continue
		}
		line := make([]float64, n)
		for i := range line {
			line[i] = data[at+i*inner]
		}
		for i, v := range prefixes(s.Op, line) {
			want[at+i*inner] = v
		}
	}
	for l := kerneltest.RowMajor; l < kerneltest.Layouts; l++ {
		view := kerneltest.Arrange(t, mem, b, l)
		got := ok(kernels.Scan(mem, s, view, nil))(t)
		if result, _ := s.Result(); got.DType() != result {
			t.Fatalf("%+v: %v, want %v", s, got, result)
		}
		for i, v := range kerneltest.Floats(t, got) {
			w := want[i]
			if got.DType() == kernels.Float32 {
				w = float64(float32(w))
			}
			if s.DType.IsInteger() && (v == w || math.Abs(w) > 0x1p53) { // there is no -0, and float64 ends there
				continue
			}
			if math.Float64bits(v) != math.Float64bits(w) && (v == v || w == w) {
				t.Fatalf("%+v of %v: element %d is %v, want %v", s, b, i, v, w)
			}
		}
		got.Release()
		view.Release()
	}
}

// TestScanInChunks: a chunk behind the state of those before it, and that the
// last prefix is the state of what comes next.
func TestScanInChunks(t *testing.T) {
	mem := kerneltest.Alloc(t)
	rng := rand.New(rand.NewPCG(1, 9))
	for _, op := range scanOps {
		for _, inner := range []int{1, 5} {
			a, b := kerneltest.Normal(t, mem, rng, kernels.Float64, 900, inner), kerneltest.Normal(t, mem, rng, kernels.Float64, 77, inner)
			s := kernels.ScanSpec{Op: op, DType: kernels.Float64}
			first, second := ok(kernels.ScanTotal(mem, s, a))(t), ok(kernels.ScanTotal(mem, s, b))(t)
			all := ok(s.Combine(mem, first, second))(t)
			got := ok(kernels.Scan(mem, s, b, first))(t)
			own := ok(kernels.Scan(mem, s, b, nil))(t)
			out, local := kernels.Data[float64](got), kernels.Data[float64](own)
			for i, v := range out {
				state := kernels.Data[float64](first)[i%inner]
				want := map[kernels.ReduceOp]float64{kernels.Sum: state + local[i], kernels.Prod: state * local[i], kernels.Min: min(state, local[i]), kernels.Max: max(state, local[i])}[op]
				if v != want {
					t.Fatalf("%v: element %d behind %v is %v, want %v", op, i, state, v, want)
				}
				if i >= len(out)-inner && v != kernels.Data[float64](all)[i%inner] {
					t.Errorf("%v: the last prefix is %v, the state %v", op, v, kernels.Data[float64](all)[i%inner])
				}
			}
			for _, x := range []*kernels.Block{a, b, first, second, all, got, own} {
				x.Release()
			}
		}
	}
}

func TestScanIntegersWrapAndBoolsCount(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b, _ := kernels.FromSlice([]bool{true, false, true, true})
	got := ok(kernels.Scan(mem, kernels.ScanSpec{DType: kernels.Bool}, b, nil))(t)
	holds(t, got, []int{4}, int64(1), 1, 2, 3)
	got.Release()
	big, _ := kernels.FromSlice([]int64{math.MaxInt64, 1, 5})
	got = ok(kernels.Scan(mem, kernels.ScanSpec{DType: kernels.Int64}, big, nil))(t)
	holds(t, got, []int{3}, int64(math.MaxInt64), math.MinInt64, math.MinInt64+5)
	got.Release()
	small, _ := kernels.FromSlice([]int32{math.MaxInt32, 2})
	got = ok(kernels.Scan(mem, kernels.ScanSpec{Op: kernels.Prod, DType: kernels.Int32}, small, nil))(t)
	holds(t, got, []int{2}, int64(math.MaxInt32), 2*math.MaxInt32)
	got.Release()
}

func TestScanRefuses(t *testing.T) {
	mem := kerneltest.Alloc(t)
	b, _ := kernels.FromSlice(make([]float64, 6), 2, 3)
	_, err := kernels.Scan(mem, kernels.ScanSpec{DType: kernels.Float64, Axis: 2}, b, nil)
	refused(t, err, kernels.ErrShape, "axis 2", "[2 3]")
	_, err = kernels.ScanTotal(mem, kernels.ScanSpec{DType: kernels.Int64}, b)
	refused(t, err, kernels.ErrDType, "float64[2 3]", "int64")
	_, err = kernels.Scan(mem, kernels.ScanSpec{DType: kernels.Float64}, b, b)
	refused(t, err, kernels.ErrShape, "the state before it is")
	for op, dt := range map[kernels.ReduceOp]kernels.DType{kernels.Mean: kernels.Float64, kernels.Min: kernels.Bool, kernels.Sum: kernels.Complex128} {
		_, err := kernels.ScanSpec{Op: op, DType: dt}.Result()
		refused(t, err, kernels.ErrDType, op.String(), dt.String())
	}
}
