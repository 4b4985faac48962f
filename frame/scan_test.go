package frame

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/klauspost/compress/gzip"
)

// Lists and decimals of a file pass through filters, though nothing computes
// with them.
func TestParquetOfNestedColumns(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "n", Type: arrow.PrimitiveTypes.Int64},
		{Name: "list", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	list := b.Field(1).(*array.ListBuilder)
	for i := range int64(6) {
		b.Field(0).(*array.Int64Builder).Append(i)
		list.Append(true)
		for range i {
			list.ValueBuilder().(*array.StringBuilder).Append("x")
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	name := filepath.Join(t.TempDir(), "nested.parquet")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := pqarrow.NewFileWriter(schema, f, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil { // closes f, too
		t.Fatal(err)
	}
	got, err := ReadParquet(name).Filter(Col("n").Ge(4)).Compute(context.Background(), &graph.Local{})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	if got.NumRows() != 2 || got.Column(1).ValueStr(0) != `["x","x","x","x"]` {
		t.Errorf("%d rows, %s", got.NumRows(), got.Column(1))
	}
}

// A compressed file is one partition, and options reach the workers.
func TestCompressedCSV(t *testing.T) {
	name := filepath.Join(t.TempDir(), "points.csv.gz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(f)
	_, err = w.Write([]byte("# points\nx;y\n" + strings.Repeat("1,5;'a;b'\n", 1000)))
	if err := errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	points := ReadCSV(name, CSVOptions{Delimiter: ';', Quote: '\'', Comment: '#', DecimalComma: true})
	got, err := points.Filter(Col("y").Eq("a;b")).GroupBy().Agg(Sum("x").As("sum"), Rows()).Compute(context.Background(), &graph.Local{})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	if got.Column(0).ValueStr(0) != "1500" || got.Column(1).ValueStr(0) != "1000" {
		t.Errorf("%v, %v", got.Column(0), got.Column(1))
	}
}
