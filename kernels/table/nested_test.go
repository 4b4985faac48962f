package table

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// nestedTypes are what tables move and do not compute on.
var nestedTypes = []arrow.DataType{
	arrow.ListOf(arrow.BinaryTypes.String), arrow.LargeListOf(arrow.PrimitiveTypes.Int16),
	arrow.FixedSizeListOf(3, arrow.FixedWidthTypes.Boolean), arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64),
	arrow.StructOf(arrow.Field{Name: "a", Type: arrow.BinaryTypes.Binary, Nullable: true},
		arrow.Field{Name: "b", Type: arrow.ListOf(arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int64)), Nullable: true}),
	arrow.ListOf(arrow.StructOf(arrow.Field{Name: "m", Type: arrow.MapOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.LargeString), Nullable: true})),
	arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary, &arrow.FixedSizeBinaryType{ByteWidth: 3}, &arrow.FixedSizeBinaryType{ByteWidth: 8},
	&arrow.Decimal128Type{Precision: 20, Scale: 3}, arrow.FixedWidthTypes.Time64us, arrow.FixedWidthTypes.Duration_ms,
	&arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "Asia/Tokyo"}, arrow.FixedWidthTypes.Float16,
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.PrimitiveTypes.Int64},
}

// nestedPart draws a part of a column: a slice of some rows.
func nestedPart(rt *rapid.T, mem memory.Allocator, t arrow.DataType) arrow.Array {
	b := array.NewBuilder(mem, t)
	defer b.Release()
	rows := rapid.IntRange(0, 30).Draw(rt, "rows")
	for range rows {
		appendNested(rt, b, true)
	}
	whole := b.NewArray()
	defer whole.Release()
	from := rapid.IntRange(0, rows).Draw(rt, "from")
	return array.NewSlice(whole, int64(from), int64(rapid.IntRange(from, rows).Draw(rt, "to")))
}

func appendNested(rt *rapid.T, b array.Builder, nullable bool) {
	n := rapid.IntRange(0, 9).Draw(rt, "value")
	if n == 0 && nullable {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.MapBuilder:
		b.Append(true)
		for range n % 3 {
			appendNested(rt, b.KeyBuilder(), false)
			appendNested(rt, b.ItemBuilder(), true)
		}
	case array.ListLikeBuilder:
		b.Append(true)
		length := n % 4
		if fixed, ok := b.Type().(*arrow.FixedSizeListType); ok {
			length = int(fixed.Len())
		}
		for range length {
			appendNested(rt, b.ValueBuilder(), true)
		}
	case *array.StructBuilder:
		b.Append(true)
		for i := range b.NumField() {
			appendNested(rt, b.FieldBuilder(i), true)
		}
	case *array.BinaryBuilder:
		b.Append([]byte("abcdefghi")[:n])
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte("abcdefghijklmnopqrs")[n:][:bytesEach(b.Type())])
	case *array.BooleanBuilder:
		b.Append(n%2 == 0)
	case *array.Time64Builder:
		b.Append(arrow.Time64(n))
	case *array.DurationBuilder:
		b.Append(arrow.Duration(n))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(n))
	default:
		if err := b.AppendValueFromString(fmt.Sprint(n)); err != nil {
			rt.Fatal(err)
		}
	}
}

// said are the rows of a column as Arrow writes them in JSON.
func said(rt *rapid.T, col arrow.Array) []string {
	out := make([]string, col.Len())
	for i := range out {
		text, err := json.Marshal(col.GetOneForMarshal(i))
		if err != nil {
			rt.Fatal(err)
		}
		out[i] = string(text)
	}
	return out
}

func oneColumn(rt *rapid.T, col arrow.Array) *kernels.Table {
	made, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "c", Type: col.DataType(), Nullable: true}}, nil), []arrow.Array{col}, col.Len())
	col.Release()
	if err != nil {
		rt.Fatal(err)
	}
	return made
}

func mustSay(rt *rapid.T, what string, got arrow.Array, want []string) {
	if text := said(rt, got); fmt.Sprint(text) != fmt.Sprint(want) {
		rt.Fatalf("%s of %v: %v, want %v", what, got.DataType(), text, want)
	}
}

// TestNestedColumnsMove: what is taken, filtered, split and put together of any
// column is what was in those rows.
func TestNestedColumnsMove(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		dt := rapid.SampledFrom(nestedTypes).Draw(rt, "type")
		in := oneColumn(rt, nestedPart(rt, mem, dt))
		defer in.Release()
		rows := said(rt, in.Column(0))
		var take []uint32
		var want []string
		for range rapid.IntRange(0, 20).Draw(rt, "taken") {
			if len(rows) > 0 && rapid.IntRange(0, 4).Draw(rt, "gap") > 0 {
				r := rapid.IntRange(0, len(rows)-1).Draw(rt, "row")
				take, want = append(take, uint32(r)), append(want, rows[r])
			} else {
				take, want = append(take, noRow), append(want, "null")
			}
		}
		out, err := takeRows(mem, in, take)
		if err != nil {
			rt.Fatal(err)
		}
		defer out.Release()
		mustSay(rt, "take", out.Column(0), want)

		part := make([]uint32, len(rows))
		split := make([][]string, 3)
		for i := range part {
			part[i] = uint32(rapid.IntRange(0, 2).Draw(rt, "part"))
			split[part[i]] = append(split[part[i]], rows[i])
		}
		tables, err := newSplit(mem, part, 3).tables(in)
		if err != nil {
			rt.Fatal(err)
		}
		for p, made := range tables {
			mustSay(rt, "split", made.Column(0), split[p])
			made.Release()
		}
	})
}

func TestNestedColumnsConcat(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		dt := rapid.SampledFrom(nestedTypes).Draw(rt, "type")
		var parts []*kernels.Table
		var want []string
		for range rapid.IntRange(1, 4).Draw(rt, "parts") {
			in := oneColumn(rt, nestedPart(rt, mem, dt))
			defer in.Release()
			parts, want = append(parts, in), append(want, said(rt, in.Column(0))...)
		}
		out, err := Concat(mem, parts...)
		if err != nil {
			rt.Fatal(err)
		}
		defer out.Release()
		mustSay(rt, "concat", out.Column(0), want)
	})
}
