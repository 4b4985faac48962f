package kernels_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestLongReductions reduces vectors around the lengths of runs and of many
// runs, with few different values, so that the first of equal ones counts, and
// now and then a NaN, beside plain loops and exact sums.
func TestLongReductions(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 1))
	for _, n := range []int{1, 511, 512, 513, 1024, 1025, 64 * 512, 64*512 + 1, 65 * 512, 129*512 + 7, 100_001} {
		for round := range 6 {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = float64(r.IntN(1+n/100)) - 3
			}
			if round == 5 {
				xs[r.IntN(n)], xs[r.IntN(n)] = math.NaN(), math.NaN()
			}
			narrow := make([]float32, n)
			for i, x := range xs {
				narrow[i] = float32(x)
			}
			longReductions(t, xs)
			longReductions(t, narrow)
		}
	}
}

func longReductions[T kernels.Float](t *testing.T, xs []T) {
	t.Helper()
	mem := kerneltest.Alloc(t)
	b := ok(kernels.FromSlice(xs, len(xs)))(t)
	defer b.Release()
	least, most, sum := 0, 0, new(big.Float).SetPrec(300)
	nan := false
	for i, x := range xs {
		if x != x {
			nan = true
		} else {
			sum.Add(sum, big.NewFloat(float64(x)))
		}
		if x < xs[least] || x != x && xs[least] == xs[least] {
			least = i
		}
		if x > xs[most] || x != x && xs[most] == xs[most] {
			most = i
		}
	}
	total, _ := sum.Float64()
	if nan {
		total = math.NaN()
	}
	for op, want := range map[kernels.ReduceOp]float64{
		kernels.ArgMin: float64(least), kernels.ArgMax: float64(most), kernels.Min: float64(xs[least]), kernels.Max: float64(xs[most]),
		kernels.Sum: float64(T(total)), kernels.Mean: float64(T(total / float64(len(xs)))),
	} {
		got := ok(kernels.Reduce(mem, kernels.ReduceSpec{Op: op, DType: b.DType(), Axes: []int{0}}, b))(t)
		v := kerneltest.Floats(t, got)[0]
		if !(math.Abs(v-want) <= 1e-6*math.Abs(want) || math.IsNaN(v) && math.IsNaN(want)) {
			t.Errorf("%v of %d numbers is %v, want %v", op, len(xs), v, want)
		}
		got.Release()
	}
}
