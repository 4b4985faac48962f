package devicetest

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"unsafe"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

// dtypes are the types of package kernels.
var dtypes = map[device.Type]kernels.DType{
	device.Bool: kernels.Bool, device.Uint8: kernels.Uint8, device.Int32: kernels.Int32,
	device.Int64: kernels.Int64, device.Float32: kernels.Float32, device.Float64: kernels.Float64,
}

// reductions have the states of each fold.
var reductions = []kernels.ReduceOp{
	kernels.Sum, kernels.Prod, kernels.Min, kernels.Max, kernels.Var, kernels.ArgMin, kernels.ArgMax, kernels.Any, kernels.All,
}

// testFolds reduces every type by every fold, with numbers that meet each other
// and, of floats, NaN and infinities, beside package kernels.
func testFolds(b *bench) {
	many := [3]int64{5000, 2, 1} // rows, more than a grid has blocks
	x := foldable(device.Float64, many, false)
	foldAgrees(b, device.Reduction{Type: device.Float64, Outer: many[0], N: many[1], Inner: many[2]}, kernels.Sum, x)
	x.Release()
	for _, c := range [][3]int64{{1, 1, 1}, {1, 2001, 1}, {7, 300, 1}, {1, 300, 17}, {3, 129, 11}, {2, 0, 3}, {3, 0, 1}} {
		for t := device.Bool; t <= device.Float64; t++ {
			for _, special := range []bool{false, true} {
				if special && !t.Float() {
					continue
				}
				x := foldable(t, c, special)
				for f, op := range reductions {
					if t == device.Bool && f >= 2 && op < kernels.Any && op != kernels.Var {
						continue // has no order
					}
					foldAgrees(b, device.Reduction{Fold: device.Fold(f), Type: t, Outer: c[0], N: c[1], Inner: c[2]}, op, x)
				}
				x.Release()
			}
		}
	}
}

// foldable returns outer×n×inner elements of a type, few different ones.
func foldable(t device.Type, c [3]int64, special bool) *kernels.Block {
	rng := rand.New(rand.NewPCG(uint64(t), uint64(c[1])))
	wide := make([]float64, c[0]*c[1]*c[2])
	for i := range wide {
		wide[i] = float64(rng.IntN(5)) * 0.5
		if !t.Float() {
			wide[i] = float64(rng.IntN(3))
		}
		if special && t.Float() && rng.IntN(200) == 0 {
			wide[i] = []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}[rng.IntN(4)]
		}
	}
	x, err := kernels.FromSlice(wide, int(c[0]), int(c[1]), int(c[2]))
	if err == nil {
		x, err = kernels.AsType(kernels.DefaultAllocator(), x, dtypes[t])
	}
	if err != nil {
		panic(fmt.Sprintf("devicetest: %v of %v: %v", t, c, err))
	}
	return x
}

func foldAgrees(b *bench, r device.Reduction, op kernels.ReduceOp, x *kernels.Block) {
	b.t.Helper()
	src := put(b, kernels.Payload(x))
	dst := b.alloc(int(r.Outer*r.Inner) * r.Fold.StateSize(r.Type))
	defer b.free(src, dst)
	want, err := kernels.Partial(kernels.DefaultAllocator(), kernels.ReduceSpec{Op: op, DType: x.DType(), Axes: []int{1}}, x)
	must(b.t, err)
	defer want.Release()
	size := len(kernels.Payload(want))
	var got [2][]byte
	for i := range got {
		b.launch(r.Launch(dst, src, 1))
		got[i] = get[byte](b, dst, size)
	}
	if !bytes.Equal(got[0], got[1]) {
		b.t.Fatalf("%v %+v differs from run to run", op, r)
	}
	sameStates(b, fmt.Sprintf("%v %+v", op, r), want, got[0])
}

// sameStates compares states: floats nearly, and NaN with NaN.
func sameStates(b *bench, what string, want *kernels.Block, got []byte) {
	b.t.Helper()
	switch want.DType() {
	case kernels.Float64:
		for i, w := range kernels.Data[float64](want) {
			g := *(*float64)(unsafe.Pointer(&got[8*i]))
			if !(math.Abs(g-w) <= 1e-12*max(1, math.Abs(w))) && math.Float64bits(g) != math.Float64bits(w) && (g == g || w == w) {
				b.t.Fatalf("%s: state word %d is %v, not %v", what, i, g, w)
			}
		}
	case kernels.Float32:
		for i, w := range kernels.Data[float32](want) {
			if g := *(*float32)(unsafe.Pointer(&got[4*i])); math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
				b.t.Fatalf("%s: state %d is %v, not %v", what, i, g, w)
			}
		}
	default:
		if w := kernels.Payload(want); !bytes.Equal(w, got) && !sameArgs(want, got) {
			b.t.Fatalf("%s: states %v, not %v", what, got[:min(64, len(got))], w[:min(64, len(w))])
		}
	}
}

// sameArgs compares pairs of an element and its position, by the position: NaN
// has many forms.
func sameArgs(want *kernels.Block, got []byte) bool {
	if want.DType() != kernels.Int64 || !slices.Contains(want.Shape()[3:], 2) {
		return false
	}
	for i, w := range kernels.Data[int64](want) {
		g := *(*int64)(unsafe.Pointer(&got[8*i]))
		isNaN := math.IsNaN(math.Float64frombits(uint64(w))) && math.IsNaN(math.Float64frombits(uint64(g)))
		if w != g && (i%2 == 1 || !isNaN) {
			return false
		}
	}
	return true
}

// testSlices folds by slices, of which the last are empty, and merges them.
func testSlices(b *bench) {
	for _, c := range [][4]int64{{1, 1000, 1, 7}, {3, 10, 1, 8}, {2, 1000, 5, 32}, {1, 9, 4, 8}} {
		for t := device.Bool; t <= device.Float64; t++ {
			x := foldable(t, [3]int64(c[:3]), true)
			for f, op := range reductions {
				if t != device.Bool || f < 2 || op >= kernels.Any || op == kernels.Var {
					r := device.Reduction{Fold: device.Fold(f), Type: t, Outer: c[0], N: c[1], Inner: c[2]}
					slicesAgree(b, r, c[3], op, x)
				}
			}
			x.Release()
		}
	}
}

func slicesAgree(b *bench, r device.Reduction, parts int64, op kernels.ReduceOp, x *kernels.Block) {
	b.t.Helper()
	size := int64(r.Fold.StateSize(r.Type))
	src := put(b, kernels.Payload(x))
	states, dst := b.alloc(int(r.Outer*parts*r.Inner*size)), b.alloc(int(r.Outer*r.Inner*size))
	defer b.free(src, states, dst)
	b.launch(r.Launch(states, src, parts))
	m := r
	m.N = parts
	b.launch(m.Merge(dst, states))
	want, err := kernels.Partial(kernels.DefaultAllocator(), kernels.ReduceSpec{Op: op, DType: x.DType(), Axes: []int{1}}, x)
	must(b.t, err)
	defer want.Release()
	sameStates(b, fmt.Sprintf("%v %+v in %d slices", op, r, parts), want, get[byte](b, dst, len(kernels.Payload(want))))
}

// testPositions moves positions in a part of an array to those in the whole.
func testPositions(b *bench) {
	axes := []device.Axis{{Length: 3, Offset: 2, Whole: 7}, {Length: 5, Offset: 4, Whole: 10}}
	var states, want []int64
	for i := range int64(15) {
		states = append(states, 99, i)
		want = append(want, 99, (i/5+2)*10+i%5+4)
	}
	states, want = append(states, 1, -1), append(want, 1, -1)
	p, table := put(b, states), put(b, device.PositionTable(axes))
	defer b.free(p, table)
	b.launch(device.Positions(p, 16, table, 2))
	if got := get[int64](b, p, len(want)); !slices.Equal(got, want) {
		b.t.Fatalf("positions are %v, not %v", got, want)
	}
}
