package table

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// dirty hands out memory as a pool does: full of what was there before.
type dirty struct{ memory.Allocator }

func (d dirty) Allocate(size int) []byte { return smear(d.Allocator.Allocate(size), 0) }

func (d dirty) Reallocate(size int, b []byte) []byte {
	return smear(d.Allocator.Reallocate(size, b), len(b))
}

func smear(b []byte, from int) []byte {
	for i := from; i < len(b); i++ {
		b[i] = 0xa5
	}
	return b
}

// checked returns an allocator that fails the test if anything stays allocated.
func checked(t testing.TB) memory.Allocator {
	mem := memory.NewCheckedAllocator(dirty{memory.NewGoAllocator()})
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

// A cell is a value as the naive evaluator sees it: nil, bool, int64, uint64,
// float64 (no -0, NaN as a string) or string.
type cell any

var textPool = []string{"", "a", "b", "ab", "é", "seven77", "eight888", "eight889", "\x00", "\x00\x00",
	"same ends same ends", "same ends of same ends", "same ends or same ends", "sixteen of bytes", "sixteen+of+bytes",
	"sixteen: of bytes"}

// cellPool draws a value for a column of type t.
func cellPool(r *rand.Rand, t arrow.DataType, wide bool) cell {
	switch id := t.ID(); {
	case isText(t):
		if wide {
			return strings.Repeat("x", r.IntN(12)) + fmt.Sprint(r.IntN(1000))
		}
		return textPool[r.IntN(len(textPool))]
	case id == arrow.BOOL:
		return r.IntN(2) == 1
	case id == arrow.FLOAT32 || id == arrow.FLOAT64:
		pool := []float64{0, math.Copysign(0, -1), 1.5, -2.25, 3, 1e6, math.NaN(), math.Inf(1), math.Inf(-1)}
		if v := pool[r.IntN(len(pool)-2*r.IntN(2))]; !wide {
			return v
		}
		return float64(r.IntN(4000)-2000) / 8
	case id == arrow.UINT64:
		return uint64(r.IntN(4)) + uint64(r.IntN(2))<<40
	}
	bits := t.(arrow.FixedWidthDataType).BitWidth()
	span := int64(5)
	if wide {
		span = int64(1) << min(bits-2, 45)
	}
	v := r.Int64N(span)
	if !arrow.IsUnsignedInteger(t.ID()) {
		v -= span / 2
	}
	return v
}

// columnTypes are all types of keys, with three widths of dictionary indices.
var columnTypes = []arrow.DataType{
	arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32,
	arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32,
	arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String,
	arrow.BinaryTypes.LargeString, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us,
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String},
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.LargeString},
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int64, ValueType: arrow.BinaryTypes.String},
}

// makeColumn builds a column of cells; a dictionary repeats entries and has a
// null among them.
func makeColumn(mem memory.Allocator, t arrow.DataType, cells []cell) arrow.Array {
	if dict, ok := t.(*arrow.DictionaryType); ok {
		return makeDictionary(mem, dict, cells)
	}
	b := array.NewBuilder(mem, t)
	defer b.Release()
	for _, c := range cells {
		appendCell(b, c)
	}
	return b.NewArray()
}

func appendCell(b array.Builder, c cell) {
	if c == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(c.(bool))
	case *array.Float32Builder:
		b.Append(float32(c.(float64)))
	case *array.Float64Builder:
		b.Append(c.(float64))
	case *array.StringBuilder:
		b.Append(c.(string))
	case *array.LargeStringBuilder:
		b.Append(c.(string))
	case *array.Date32Builder:
		b.Append(arrow.Date32(c.(int64)))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(c.(int64)))
	default:
		if err := b.AppendValueFromString(fmt.Sprint(c)); err != nil {
			panic(err)
		}
	}
}

func makeDictionary(mem memory.Allocator, t *arrow.DictionaryType, cells []cell) arrow.Array {
	words := []cell{nil}
	at := map[cell]int64{}
	indices := make([]cell, len(cells))
	for i, c := range cells {
		if c == nil {
			if i%2 == 0 {
				indices[i] = int64(0) // a valid index of a null entry
			}
			continue
		}
		if _, known := at[c]; !known || i%5 == 0 && len(words) < 1000 {
			at[c] = int64(len(words))
			words = append(words, c)
		}
		indices[i] = at[c]
	}
	dict := makeColumn(mem, t.ValueType, words)
	defer dict.Release()
	idx := makeColumn(mem, t.IndexType, indices)
	defer idx.Release()
	return array.NewDictionaryArray(t, idx, dict)
}

// shape is what a random table looks like.
type shape struct {
	types []arrow.DataType
	rows  int
	nulls int // of 10
	wide  bool
	seed  uint64
}

func drawShape(t *rapid.T, columns int) shape {
	s := shape{rows: rapid.SampledFrom([]int{0, 1, 2, 7, 30, 100, 1024, 2500}).Draw(t, "rows"),
		nulls: rapid.SampledFrom([]int{0, 1, 3, 10}).Draw(t, "nulls"),
		wide:  rapid.Bool().Draw(t, "wide"), seed: rapid.Uint64().Draw(t, "seed")}
	for range columns {
		s.types = append(s.types, rapid.SampledFrom(columnTypes).Draw(t, "type"))
	}
	return s
}

// table makes the table of s, columns c0, c1 …: rows of a longer one, so that
// offsets are not zero.
func (s shape) table(t testing.TB, mem memory.Allocator) *kernels.Table {
	t.Helper()
	r := rand.New(rand.NewPCG(s.seed, 0))
	before := r.IntN(11)
	n := before + s.rows + r.IntN(5)
	fields := make([]arrow.Field, len(s.types))
	cols := make([]arrow.Array, len(s.types))
	defer func() { releaseAll(cols) }()
	for i, dt := range s.types {
		cells := make([]cell, n)
		for k := range cells {
			if r.IntN(10) >= s.nulls {
				cells[k] = cellPool(r, dt, s.wide)
			}
		}
		fields[i] = arrow.Field{Name: fmt.Sprintf("c%d", i), Type: dt, Nullable: true}
		cols[i] = makeColumn(mem, dt, cells)
	}
	whole, err := kernels.NewTable(arrow.NewSchema(fields, nil), cols, n)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Release()
	return whole.Slice(before, before+s.rows)
}

// cellAt reads one value back.
func cellAt(col arrow.Array, i int) cell {
	if col.IsNull(i) {
		return nil
	}
	switch col := col.(type) {
	case *array.Boolean:
		return col.Value(i)
	case *array.Float32:
		return floatCell(float64(col.Value(i)))
	case *array.Float64:
		return floatCell(col.Value(i))
	case *array.String:
		return col.Value(i)
	case *array.LargeString:
		return col.Value(i)
	case *array.Date32:
		return int64(col.Value(i))
	case *array.Timestamp:
		return int64(col.Value(i))
	case *array.Uint64:
		return col.Value(i)
	case *array.Dictionary:
		return cellAt(col.Dictionary(), col.GetValueIndex(i))
	}
	var v int64
	if _, err := fmt.Sscan(col.ValueStr(i), &v); err != nil {
		panic(err)
	}
	return v
}

func floatCell(v float64) cell {
	if v != v {
		return "NaN"
	}
	return v + 0
}

// rowsOf reads a table back, row by row.
func rowsOf(t *kernels.Table) [][]cell {
	out := make([][]cell, t.NumRows())
	for i := range out {
		out[i] = make([]cell, t.NumColumns())
		for k := range out[i] {
			out[i][k] = cellAt(t.Column(k), i)
		}
	}
	return out
}

// keyText is a text that is the same for equal keys only.
func keyText(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		fmt.Fprintf(&b, "%T %q;", c, fmt.Sprint(c))
	}
	return b.String()
}

// mustEqualRows compares two lists of rows.
func mustEqualRows(t rapid.TB, what string, got, want [][]cell) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, want %d\n got %v\nwant %v", what, len(got), len(want), clip(got), clip(want))
	}
	for i := range got {
		if keyText(got[i]) != keyText(want[i]) {
			t.Fatalf("%s: row %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func clip(rows [][]cell) [][]cell { return rows[:min(len(rows), 20)] }
