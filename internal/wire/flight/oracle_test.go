//go:build oracle

package flight_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/client/flight"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/kernels"
)

// TestOracle: pyarrow lists, reads and puts, and Go opens what it has put. It runs
// testdata/oracle.py with the peers' Python, which bench/peers/setup.sh installs.
func TestOracle(t *testing.T) {
	python := filepath.Join("..", "..", "..", "bench", "peers", ".venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("no peers (run bench/peers/setup.sh): %v", err)
	}
	c, address := service(t, flight.Options{Partition: 50_000}, cluster.Workers(2), cluster.Processes())
	ctx := t.Context()
	must(0, oracleFrame(t).Publish(ctx, c, "table"))(t)
	must(0, array.Arange(0, 120, 1).Reshape(10, 4, 3).RechunkTo(3, 2, 2).Publish(ctx, c, "x"))(t)
	must(0, array.Eye(3).Gt(0.5).Publish(ctx, c, "flags"))(t)
	must(0, array.Arange(0, 7, 1, array.ChunkShape(3)).AsType(kernels.Float32).Publish(ctx, c, "vector"))(t)
	must(0, client.Publish(ctx, c, "words", must(client.Scatter(ctx, c, "go"))(t)...))(t)

	out, err := exec.Command(python, filepath.Join("testdata", "oracle.py"), address).CombinedOutput()
	if err != nil || string(out) != "ok\n" {
		t.Fatalf("oracle.py: %v\n%s", err, out)
	}

	f, release, err := frame.Open(ctx, c, "put")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	table := must(f.Select(frame.Col("text"), frame.Col("int64")).Filter(frame.Col("text").Eq("row 2998")).Select(frame.Col("int64")).Compute(ctx, c))(t)
	defer table.Release()
	if table.NumRows() != 1 || table.Column(0).(*arrowarray.Int64).Value(0) != 98 || f.Partitions() < 2 {
		t.Errorf("%d partitions, found %v", f.Partitions(), table)
	}
	x, releaseX, err := array.Open(ctx, c, "turned")
	if err != nil {
		t.Fatal(err)
	}
	defer releaseX()
	if got := must(x.Sum(0, 2).Float64s(ctx, c))(t); !slices.Equal(got, []float64{84, 92, 100}) || !slices.Equal(x.Shape(), []int{2, 3, 4}) {
		t.Errorf("%v, sums %v", x, got)
	}
	for _, name := range must(c.Datasets(ctx))(t) {
		if name == "left" || name == "map" || name == "view" {
			t.Errorf("%s was published, though its put failed", name)
		}
	}
}

// oracleFrame is the frame that oracle.py expects, of three partitions, which come
// out of a computation.
func oracleFrame(t *testing.T) *frame.Frame {
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "d", Type: dict, Nullable: true},
		{Name: "i", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "t", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, Nullable: true},
		{Name: "b", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
	}, nil)
	var tables []*kernels.Table
	b := arrowarray.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range 5000 {
		appendOracleRow(t, b, i)
		if i == 1234 || i == 1300 || i == 4999 {
			rec := b.NewRecord()
			tables = append(tables, must(kernels.NewTableFromRecord(rec))(t))
			rec.Release()
		}
	}
	return frame.FromTables(tables...)
}

func appendOracleRow(t *testing.T, b *arrowarray.RecordBuilder, i int) {
	orNull := func(k int, every int, append func()) {
		if i%every == 0 {
			b.Field(k).AppendNull()
			return
		}
		append()
	}
	orNull(0, 7, func() { b.Field(0).(*arrowarray.StringBuilder).Append(fmt.Sprintf("row %d", i)) })
	orNull(1, 5, func() {
		must(0, b.Field(1).(*arrowarray.BinaryDictionaryBuilder).AppendString(fmt.Sprintf("key %d", i%3)))(t)
	})
	orNull(2, 11, func() { b.Field(2).(*arrowarray.Int64Builder).Append(int64(i)) })
	b.Field(3).(*arrowarray.TimestampBuilder).Append(arrow.Timestamp(1_700_000_000_000_000 + i))
	b.Field(4).(*arrowarray.BooleanBuilder).Append(i%3 == 0)
	l := b.Field(5).(*arrowarray.ListBuilder)
	l.Append(true)
	for k := range i % 4 {
		l.ValueBuilder().(*arrowarray.Int32Builder).Append(int32(k))
	}
}
