package expr

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// TestComparisonsAsBits has comparisons that are outputs, once, twice, and read
// by another instruction as well, over a column with an offset.
func TestComparisonsAsBits(t *testing.T) {
	for _, rows := range []int{0, 1, 63, 64, 65, 1000, 1024, 1031, 3001} {
		mem := checkedMem(t)
		floats := array.NewFloat64Builder(mem)
		defer floats.Release()
		for i := range rows + 3 {
			switch v := awkward[i%len(awkward)]; {
			case i%7 == 3 && i < 1100:
				floats.AppendNull()
			default:
				floats.Append(v)
			}
		}
		whole := floats.NewFloat64Array()
		defer whole.Release()
		col := array.NewSlice(whole, 3, int64(rows+3))
		defer col.Release()
		b := NewBuilder()
		x := b.Input(Float64)
		above, nan := must(b.Apply(Gt, x, b.Float(0.5))), must(b.Apply(IsNaN, x))
		at, not := must(b.Apply(Le, b.Float(1), x)), must(b.Apply(Ne, x, x))
		either := must(b.Apply(Or, not, above))
		p := must(b.Program(above, at, nan, at, either))
		out := must(EvalColumns(mem, p, []arrow.Array{col}, rows))
		for i := range rows {
			v := whole.Value(i + 3)
			for k, want := range []bool{v > 0.5, v >= 1, v != v, v >= 1, v != v || v > 0.5} {
				if out[k].IsNull(i) != whole.IsNull(i+3) || out[k].IsValid(i) && out[k].(*array.Boolean).Value(i) != want {
					t.Fatalf("%d rows: output %d of %v at %d is %v", rows, k, v, i, valueAt(out[k], i))
				}
			}
		}
		releaseAll(out)
	}
}

// TestCastsOfColumns casts more than a batch, with a value that does not fit: it
// is an error with its place, unless it is null.
func TestCastsOfColumns(t *testing.T) {
	const rows, place = 2500, 2100
	for _, to := range []Type{Int32, Int64} {
		for _, null := range []bool{false, true} {
			mem := checkedMem(t)
			floats := array.NewFloat64Builder(mem)
			defer floats.Release()
			for i := range rows {
				floats.Append(float64(i) - 1000.75)
			}
			data := floats.NewFloat64Array()
			defer data.Release()
			data.Float64Values()[place] = math.Inf(1)
			var col arrow.Array = data
			if null {
				col = nullAt(data, place)
				defer col.Release()
			}
			b := NewBuilder()
			p := must(b.Program(must(b.Cast(b.Input(Float64), to))))
			out, err := EvalColumns(mem, p, []arrow.Array{col}, rows)
			if !null {
				if !errors.Is(err, ErrRange) || !strings.Contains(err.Error(), "element 2100") || !strings.Contains(err.Error(), to.String()) {
					t.Errorf("to %v: %v", to, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range rows {
				want := value(int64(float64(i) - 1000.75))
				if i == place {
					want = nil
				}
				if got := valueAt(out[0], i); got != want {
					t.Fatalf("to %v: row %d is %v, want %v", to, i, got, want)
				}
			}
			releaseAll(out)
		}
	}
}

// nullAt is col with one null, under which the value stays.
func nullAt(col *array.Float64, place int) arrow.Array {
	valid := make([]byte, (col.Len()+7)/8)
	for i := range valid {
		valid[i] = 0xff
	}
	valid[place/8] &^= 1 << (place % 8)
	return withValidity(col, valid)
}

func withValidity(col *array.Float64, valid []byte) arrow.Array {
	data := array.NewData(col.DataType(), col.Len(), []*memory.Buffer{memory.NewBufferBytes(valid), col.Data().Buffers()[1]}, nil, 1, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
