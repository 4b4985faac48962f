package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/examples/data"
	"pgregory.net/rapid"
)

func init() { RegisterFS("demo", data.FS) }

const flights = "demo://" + data.Flights

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// checkedMem fails the test when a buffer is left.
func checkedMem(t testing.TB) *memory.CheckedAllocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

func TestFlights(t *testing.T) {
	mem := checkedMem(t)
	for _, opts := range []ParquetOptions{{}, {Dictionary: true}} {
		p := must(OpenParquet(flights, opts))
		defer p.Close()
		if p.NumRows() != 3_000_000 || len(p.RowGroups()) != 11 || p.Schema().NumFields() != 5 {
			t.Fatalf("%d rows in %d row groups of %v", p.NumRows(), len(p.RowGroups()), p.Schema())
		}
		rec := must(p.ReadRowGroup(mem, 3, "origin", "delay"))
		defer rec.Release()
		if rec.NumRows() != p.RowGroups()[3].Rows || rec.NumCols() != 2 {
			t.Fatalf("%d rows of %v", rec.NumRows(), rec.Schema())
		}
		bounds, ok, err := p.Bounds(3, "delay")
		if err != nil || !ok {
			t.Fatalf("no bounds: %v", err)
		}
		low, high := int64(1<<62), int64(-1<<62)
		for _, v := range rec.Column(1).(*array.Int64).Int64Values() {
			low, high = min(low, v), max(high, v)
		}
		if bounds.Min != low || bounds.Max != high {
			t.Errorf("bounds %v of values %d…%d", bounds, low, high)
		}
		if code := rec.Column(0).ValueStr(0); len(code) != 3 {
			t.Errorf("origin %q", code)
		}
	}
}

// drawRecord makes a record of every type that is written.
func drawRecord(t *rapid.T, mem memory.Allocator) arrow.Record {
	types := []arrow.DataType{arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String, arrow.FixedWidthTypes.Date32,
		&arrow.TimestampType{Unit: arrow.Millisecond}, arrow.FixedWidthTypes.Timestamp_us, &arrow.TimestampType{Unit: arrow.Nanosecond}}
	rows := rapid.SampledFrom([]int{0, 1, 9, 100, 3000}).Draw(t, "rows")
	var fields []arrow.Field
	var cols []arrow.Array
	for i, dt := range types {
		nullable := rapid.Bool().Draw(t, "nullable")
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d %v", i, dt.ID()), Type: dt, Nullable: nullable})
		cols = append(cols, drawColumn(t, mem, dt, rows, nullable))
	}
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(rows))
}

func drawColumn(t *rapid.T, mem memory.Allocator, dt arrow.DataType, rows int, nullable bool) arrow.Array {
	b := array.NewBuilder(mem, dt)
	defer b.Release()
	seed := rapid.Int64Range(0, 1<<40).Draw(t, "seed")
	distinct := rapid.SampledFrom([]int64{1, 5, 1 << 30}).Draw(t, "distinct")
	for i := range rows {
		seed = seed*6364136223846793005 + 1442695040888963407
		v := (seed >> 33 & 0x7fffffff) % distinct
		if nullable && seed>>20&7 < 3 && i%7 != 0 {
			b.AppendNull()
			continue
		}
		appendInt(b, v)
	}
	return b.NewArray()
}

func appendInt(b array.Builder, v int64) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(v&1 != 0)
	case *array.Uint8Builder:
		b.Append(uint8(v))
	case *array.Int32Builder:
		b.Append(int32(v) - 1<<29)
	case *array.Int64Builder:
		b.Append(v<<30 - 1<<50)
	case *array.Float32Builder:
		b.Append(float32(v) / 3)
	case *array.Float64Builder:
		b.Append(float64(v) / -3)
	case *array.StringBuilder:
		b.Append(strings.Repeat("ü", int(v&7)) + fmt.Sprint(v))
	case *array.Date32Builder:
		b.Append(arrow.Date32(v >> 16))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v << 25))
	default:
		panic("no such builder")
	}
}

// What is written reads back, with and without dictionaries; that other
// programs agree is checked under the tag oracle.
func TestParquetRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		rec := drawRecord(t, mem)
		defer func() {
			rec.Release()
			if left := mem.CurrentAlloc(); left != 0 {
				t.Fatalf("%d bytes are left", left)
			}
		}()
		opts := ParquetWriteOptions{RowGroupRows: 1000, Compression: Compression(rapid.IntRange(0, 2).Draw(t, "compression"))}
		name := filepath.Join(dir, "round.parquet")
		writeParquet(t, mem, name, rec, opts)
		p := must(OpenParquet(name, ParquetOptions{Dictionary: rapid.Bool().Draw(t, "dictionary")}))
		defer p.Close()
		start := int64(0)
		for g, group := range p.RowGroups() {
			got := must(p.ReadRowGroup(mem, g))
			compareRows(t, got, rec, start)
			start += group.Rows
			got.Release()
		}
		if start != rec.NumRows() {
			t.Fatalf("%d rows read, %d written", start, rec.NumRows())
		}
	})
}

func writeParquet(t interface{ Fatal(...any) }, mem memory.Allocator, name string, rec arrow.Record, opts ParquetWriteOptions) {
	f := must(Create(name))
	defer f.Close()
	w := must(NewParquetWriter(mem, f, name, rec.Schema(), opts))
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

type fataler interface{ Fatalf(string, ...any) }

// compareRows compares got with the rows of want from start, as texts, so that
// a dictionary equals its words.
func compareRows(t fataler, got, want arrow.Record, start int64) {
	for k, col := range got.Columns() {
		other := want.Column(k)
		for i := range col.Len() {
			at := int(start) + i
			if col.IsNull(i) != other.IsNull(at) || !col.IsNull(i) && col.ValueStr(i) != other.ValueStr(at) {
				t.Fatalf("column %s, row %d: %s, want %s", want.ColumnName(k), at, col.ValueStr(i), other.ValueStr(at))
			}
		}
	}
}

func TestParquetErrorsNameTheFile(t *testing.T) {
	dir := t.TempDir()
	whole := must(data.FS.ReadFile(data.Flights))
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		path string
		is   error
		want string
	}{
		{filepath.Join(dir, "none.parquet"), fs.ErrNotExist, "cannot open " + dir},
		{dir, nil, "it is a directory"},
		{"demo://none.parquet", fs.ErrNotExist, "cannot open demo://none.parquet"},
		{"s4://x", ErrScheme, `"s4" is none of demo, file`},
		{write("empty", nil), ErrFormat, "0 bytes are no Parquet file"},
		{write("text", []byte("iata,name\n00M,Thigpen\n")), ErrFormat, "not a Parquet file"},
		{write("cut", whole[:len(whole)/2]), ErrFormat, "cut short"},
		{write("length", append(whole[:len(whole)-8:len(whole)-8], "\xff\xff\xff\x7fPAR1"...)), ErrFormat, "no valid Parquet footer"},
		{write("footer", append(whole[:len(whole)-5000:len(whole)-5000], "\x80\x00\x00\x00PAR1"...)), ErrFormat, "footer"},
	} {
		_, err := OpenParquet(c.path, ParquetOptions{})
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	p := must(OpenParquet(flights, ParquetOptions{}))
	defer p.Close()
	if _, err := p.ReadRowGroup(memory.DefaultAllocator, 0, "dely"); !errors.Is(err, ErrColumn) || !strings.Contains(err.Error(), `"dely" is none of date, delay`) {
		t.Errorf("unknown column: %v", err)
	}
}

func BenchmarkReadFlights(b *testing.B) {
	for name, opts := range map[string]ParquetOptions{"text": {}, "dictionary": {Dictionary: true}} {
		b.Run(name, func(b *testing.B) {
			p := must(OpenParquet(flights, opts))
			defer p.Close()
			for b.Loop() {
				for g := range p.RowGroups() {
					must(p.ReadRowGroup(memory.DefaultAllocator, g)).Release()
				}
			}
			b.ReportMetric(float64(p.NumRows())*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
