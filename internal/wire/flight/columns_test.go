package flight

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/decimal256"
	"github.com/apache/arrow/go/v17/arrow/float16"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// everyType has a column of every type that travels.
func everyType() *arrow.Schema {
	types := []arrow.DataType{
		arrow.Null, arrow.FixedWidthTypes.Boolean,
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
		arrow.FixedWidthTypes.Float16, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
		arrow.BinaryTypes.String, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.LargeBinary,
		arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64,
		arrow.FixedWidthTypes.Time32s, arrow.FixedWidthTypes.Time64ns, arrow.FixedWidthTypes.Duration_ms,
		&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Zurich"}, arrow.FixedWidthTypes.Timestamp_ns,
		arrow.FixedWidthTypes.MonthInterval, arrow.FixedWidthTypes.DayTimeInterval, arrow.FixedWidthTypes.MonthDayNanoInterval,
		&arrow.Decimal128Type{Precision: 20, Scale: 3}, &arrow.Decimal256Type{Precision: 50, Scale: 2},
		&arrow.FixedSizeBinaryType{ByteWidth: 3},
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.PrimitiveTypes.Float64, Ordered: true},
		arrow.ListOf(arrow.PrimitiveTypes.Int32), arrow.ListOf(arrow.ListOf(arrow.BinaryTypes.String)),
		arrow.StructOf(
			arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int16, Nullable: true},
			arrow.Field{Name: "b", Type: arrow.ListOf(arrow.FixedWidthTypes.Boolean), Nullable: true},
		),
	}
	var fields []arrow.Field
	for i, t := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("%d %s", i, t.Name()), Type: t, Nullable: true})
	}
	meta := arrow.NewMetadata([]string{"made by"}, []string{"a test"})
	return arrow.NewSchema(fields, &meta)
}

// randomTable makes rows of a schema, a tenth of them null.
func randomTable(t testing.TB, mem memory.Allocator, s *arrow.Schema, rows int, rng *rand.Rand) *kernels.Table {
	t.Helper()
	b := array.NewRecordBuilder(mem, s)
	defer b.Release()
	for _, f := range b.Fields() {
		for range rows {
			appendRandom(t, f, rng)
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return must(kernels.NewTableFromRecord(rec))(t)
}

func appendRandom(t testing.TB, b array.Builder, rng *rand.Rand) {
	if rng.IntN(10) == 0 {
		b.AppendNull()
		return
	}
	n := rng.Int64()
	text := fmt.Sprintf("%d", n%1000)
	switch b := b.(type) {
	case *array.NullBuilder:
		b.AppendNull()
	case *array.BooleanBuilder:
		b.Append(n%2 == 0)
	case *array.Int8Builder:
		b.Append(int8(n))
	case *array.Int16Builder:
		b.Append(int16(n))
	case *array.Int32Builder:
		b.Append(int32(n))
	case *array.Int64Builder:
		b.Append(n)
	case *array.Uint8Builder:
		b.Append(uint8(n))
	case *array.Uint16Builder:
		b.Append(uint16(n))
	case *array.Uint32Builder:
		b.Append(uint32(n))
	case *array.Uint64Builder:
		b.Append(uint64(n))
	case *array.Float16Builder:
		b.Append(float16.New(float32(n % 100)))
	case *array.Float32Builder:
		b.Append(rng.Float32())
	case *array.Float64Builder:
		b.Append(rng.NormFloat64())
	case *array.StringBuilder:
		b.Append(text)
	case *array.LargeStringBuilder:
		b.Append(text)
	case *array.BinaryBuilder:
		b.Append([]byte(text))
	case *array.Date32Builder:
		b.Append(arrow.Date32(n % 20000))
	case *array.Date64Builder:
		b.Append(arrow.Date64(n % 20000 * 86400000))
	case *array.Time32Builder:
		b.Append(arrow.Time32(n % 86400))
	case *array.Time64Builder:
		b.Append(arrow.Time64(n % 86400e9))
	case *array.DurationBuilder:
		b.Append(arrow.Duration(n % 1e9))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(n % 1e15))
	default:
		appendOther(t, b, rng, n, text)
	}
}

func appendOther(t testing.TB, b array.Builder, rng *rand.Rand, n int64, text string) {
	switch b := b.(type) {
	case *array.MonthIntervalBuilder:
		b.Append(arrow.MonthInterval(n % 100))
	case *array.DayTimeIntervalBuilder:
		b.Append(arrow.DayTimeInterval{Days: int32(n % 30), Milliseconds: int32(n % 1000)})
	case *array.MonthDayNanoIntervalBuilder:
		b.Append(arrow.MonthDayNanoInterval{Months: int32(n % 12), Days: 3, Nanoseconds: n % 1000})
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(n))
	case *array.Decimal256Builder:
		b.Append(decimal256.FromI64(n))
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte(fmt.Sprintf("%03d", n%1000)))
	case *array.BinaryDictionaryBuilder:
		must(0, b.AppendString(text))(t)
	case *array.Float64DictionaryBuilder:
		must(0, b.Append(float64(n%40)))(t)
	case *array.ListBuilder:
		b.Append(true)
		for range rng.IntN(4) {
			appendRandom(t, b.ValueBuilder(), rng)
		}
	case *array.StructBuilder:
		b.Append(true)
		for i := range b.NumField() {
			appendRandom(t, b.FieldBuilder(i), rng)
		}
	default:
		t.Fatalf("no values for %T", b)
	}
}
