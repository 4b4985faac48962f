package table

import (
	"math"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

// A progression finds exactly the values that it was made of, whatever step they
// have in common.
func TestProgression(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		least := rapid.Int64Range(-1<<40, 1<<40).Draw(rt, "least")
		step := rapid.SampledFrom([]int64{1, 2, 3, 12, 23, 64, 1 << 20, 3 << 20, 5_000_011}).Draw(rt, "step")
		at := rapid.SliceOfN(rapid.Int64Range(0, 400), 1, 50).Draw(rt, "at")
		numbers, cells := map[int64]uint32{}, []cell{}
		for _, k := range at {
			if _, known := numbers[least+k*step]; !known {
				numbers[least+k*step] = uint32(len(numbers))
			}
			cells = append(cells, least+k*step)
		}
		col := makeColumn(mem, arrow.PrimitiveTypes.Int64, cells)
		defer col.Release()
		src, _ := wordsOf(col)
		ids := make([]uint32, len(cells))
		p := newProgression(mem, src, ids)
		if p == nil {
			rt.Fatal("no progression")
		}
		defer p.release()
		asked := []cell{int64(math.MinInt64), int64(math.MaxInt64), least - step, least - 1, nil, least + 401*step}
		for k := int64(0); k < 40; k++ {
			asked = append(asked, least+k*step, least+k*step+1, least+k*step/2)
		}
		other := makeColumn(mem, arrow.PrimitiveTypes.Int64, asked)
		defer other.Release()
		found := make([]uint32, len(asked))
		p.lookup([]arrow.Array{other})(found, 0)
		for i, c := range asked {
			want := noCode
			if v, ok := c.(int64); ok {
				if id, known := numbers[v]; known {
					want = id
				}
			}
			if found[i] != want {
				rt.Fatalf("%v is number %d, want %d", c, found[i], want)
			}
		}
	})
}

// The step is the greatest common divisor of all distances, wherever in the column
// the one is that spoils it.
func TestStep(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		least := rapid.Int64Range(-1<<40, 1<<40).Draw(rt, "least")
		unit := rapid.SampledFrom([]int64{1, 2, 3, 7, 12, 64, 1 << 20, 5_000_011}).Draw(rt, "unit")
		cells, want := []cell{least}, uint64(0)
		for _, k := range rapid.SliceOfN(rapid.Int64Range(0, 1000), 0, 3000).Draw(rt, "k") {
			factor := rapid.SampledFrom([]int64{1, 1, 2, 3}).Draw(rt, "factor")
			cells = append(cells, least+k*unit*factor)
			want = divisor(want, uint64(k*unit*factor))
		}
		col := makeColumn(mem, arrow.PrimitiveTypes.Int64, cells)
		defer col.Release()
		src, _ := wordsOf(col)
		if got := src.step(uint64(least)); got != max(want, 1) {
			rt.Fatalf("the step of %d values is %d, want %d", len(cells), got, max(want, 1))
		}
	})
}

func TestRemainders(t *testing.T) {
	for _, parts := range []uint64{1, 2, 3, 23, 61, 4095} {
		from := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 32, 1<<32 - 1, -1 << 32, 61 * 61, 4095*4095 - 1}
		for i, got := range remaindersOf(from, parts) {
			if want := uint32(uint64(from[i]) % parts); got != want {
				t.Errorf("%d modulo %d is %d, want %d", from[i], parts, got, want)
			}
		}
	}
}
