package frame

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// attributes returns those of every kind of task that this package makes.
func attributes(tb testing.TB) [][]byte {
	dir := tb.TempDir()
	s := arrow.NewSchema([]arrow.Field{
		{Name: "k", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	mem := FromTables(buildTable(tb, kernels.DefaultAllocator(), s, [][]any{{int64(1), "a"}, {nil, "b"}}))
	ctx, l := context.Background(), &graph.Local{}
	if _, err := mem.WriteParquet(ctx, l, dir); err != nil {
		tb.Fatal(err)
	}
	if _, err := mem.WriteCSV(ctx, l, dir); err != nil {
		tb.Fatal(err)
	}
	var all [][]byte
	for _, f := range []*Frame{ReadParquet(dir + "/*.parquet"), ReadCSV(dir+"/*.csv", CSVOptions{Nulls: []string{"", "-"}})} {
		q := f.With(Col("k").Add(1).As("n"), Col("s").Upper().As("s")).Filter(Col("n").IsIn(2, 3).Not())
		joined := q.Join(mem, Left, Using("k")).GroupBy("s").Agg(Rows(), Median("n")).Sort(Desc("count"))
		aside := q.JoinAsof(mem, Backward("n", "k").By(Using("s"))).CrossJoin(mem.Select("s").Rename("s", "t"))
		for _, f := range []*Frame{joined, q.TopK(3, Asc("k")), q.Head(4), aside, q.Unique("k")} {
			g, err := f.Graph()
			if err != nil {
				tb.Fatal(err)
			}
			releaseLiterals(g)
			for i := range g.Len() {
				all = append(all, bytes.Clone(g.TaskAttr(i)))
			}
		}
	}
	return all
}

// FuzzAttributes: whatever bytes come as the attributes of a task, decoding
// does not panic, takes memory in proportion to them, and what it accepts is
// encoded as it was. Decoding never opens a file.
func FuzzAttributes(f *testing.F) {
	for _, b := range attributes(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := &reader{b: b}
		from, err := r.origin()
		var steps []step
		if err == nil {
			steps, err = r.steps()
		}
		st, stErr := parseStep(b)
		runtime.ReadMemStats(&after)
		if n, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+1000*len(b)); n > most {
			t.Errorf("%d bytes of attributes took %d bytes of memory", len(b), n)
		}
		if err == nil {
			again := appendSteps(from.append(nil), steps)
			r := &reader{b: again}
			from2, err := r.origin()
			if err != nil {
				t.Fatalf("%x was accepted, but what it encodes to is not: %v", b, err)
			}
			steps2, err := r.steps()
			if err != nil || !bytes.Equal(appendSteps(from2.append(nil), steps2), again) {
				t.Fatalf("%x became %x, which is read otherwise: %v", b, again, err)
			}
		}
		if stErr == nil {
			again := st.append(nil)
			if st2, err := parseStep(again); err != nil || !bytes.Equal(st2.append(nil), again) {
				t.Fatalf("step %x became %x: %v", b, again, err)
			}
		}
	})
}

// FuzzOrigin: whatever row group, range, columns and types are asked of a real
// file, reading gives rows or an error, and leaves nothing behind.
func FuzzOrigin(f *testing.F) {
	dir := f.TempDir()
	csv, parquet := filepath.Join(dir, "f.csv"), filepath.Join(dir, "f.parquet")
	if err := os.WriteFile(csv, []byte("k,s\n1,a\n,\"b\nc\"\n3,\n"), 0o666); err != nil {
		f.Fatal(err)
	}
	whole := ReadCSV(csv, CSVOptions{})
	paths, err := whole.WriteParquet(context.Background(), &graph.Local{}, dir)
	if err != nil {
		f.Fatal(err)
	}
	if err := os.Rename(paths[0], parquet); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.node.(*csvScan).origin(0).append(nil))
	f.Add(ReadParquet(parquet).node.(*parquetScan).origin(0).append(nil))
	f.Add((&csvOrigin{csvPiece: csvPiece{path: csv, Range: source.Range{Start: 8, End: 1 << 40}}}).append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &reader{b: b}
		from, err := r.origin()
		if err != nil {
			return
		}
		switch o := from.(type) {
		case *csvOrigin:
			o.path = csv
		case *parquetOrigin:
			o.path = parquet
		}
		ctx := context.Background()
		env := &pipelineEnv{ctx: ctx, mem: kerneltest.Alloc(t)}
		if got, _, err := from.read(env, nil); err == nil {
			got.Release()
		}
	})
}

// FuzzPipeline: damaged steps over a real table give a table or an error.
func FuzzPipeline(f *testing.F) {
	for _, b := range attributes(f) {
		f.Add(b)
	}
	s := arrow.NewSchema([]arrow.Field{
		{Name: "k", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &reader{b: b}
		if _, err := r.origin(); err != nil {
			return
		}
		mem := kerneltest.Alloc(t)
		ctx := kernels.WithAllocator(context.Background(), mem)
		tab := buildTable(t, mem, s, [][]any{{int64(1), "a"}, {nil, "b"}, {int64(2), nil}})
		defer tab.Release()
		attr := append(tableOrigin{}.append(nil), r.b...)
		v, err := runPipeline(ctx, &graph.Call{Attr: attr, In: []graph.Value{tab, tab}})
		if err == nil {
			v.Release()
		}
	})
}
