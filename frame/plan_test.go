package frame

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
	"pgregory.net/rapid"
)

// A world is a random plan in the making: the same frame over several layouts
// of the same rows, and what a naive evaluator says the rows are.
type world struct {
	t      *rapid.T
	mem    kernels.Allocator
	held   []*kernels.Table
	frames []*Frame
	rel    rel
	fresh  int
	dir    string
	story  []string
}

// TestRandomPlans: random plans over random small tables compute, over one
// partition, over many, from Parquet, and without the narrowing of columns, the
// rows that a naive evaluator computes, and leave no memory behind. Batches are
// small, so that steps see several.
func TestRandomPlans(t *testing.T) {
	mem := kerneltest.Alloc(t)
	defer func(n int) { batchRows = n }(batchRows)
	batchRows = 3
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		w := &world{t: rt, mem: mem, dir: dir}
		w.rel, w.frames = w.source("")
		for range rapid.IntRange(1, 5).Draw(rt, "steps") {
			w.step()
		}
		w.compare()
		for _, h := range w.held {
			h.Release()
		}
		if n := mem.Bytes(); n != 0 {
			rt.Fatalf("%d bytes are left\n%s", n, w.plan())
		}
	})
}

func (w *world) plan() string {
	return strings.Join(w.story, "\n") + "\n" + w.frames[0].Explain()
}

func (w *world) compare() {
	want := w.rel.text()
	for i, f := range w.frames {
		if f.Err() != nil {
			w.t.Fatalf("%v\n%s", f.Err(), strings.Join(w.story, "\n"))
		}
		if got := strings.Join(f.Columns(), " "); got != strings.Join(w.rel.names, " ") {
			w.t.Fatalf("columns %s, want %v\n%s", got, w.rel.names, w.plan())
		}
		for _, narrow := range []bool{true, false} {
			if got := w.compute(f, narrow); got != want {
				w.t.Fatalf("layout %d, narrowed %v: got\n%swant\n%s%s", i, narrow, got, want, w.plan())
			}
		}
	}
}

// compute returns the rows of f as text, of its plan narrowed or as it is.
func (w *world) compute(f *Frame, narrow bool) string {
	n := f.node
	if narrow {
		n = n.narrow(nil)
	}
	ctx := kernels.WithAllocator(context.Background(), w.mem)
	g := (&Frame{}).lowered(n)
	defer releaseLiterals(g)
	values, err := (&graph.Local{Threads: 2}).Run(ctx, graph.Optimize(g))
	if err != nil {
		w.t.Fatalf("%v\n%s", err, w.plan())
	}
	defer graph.List(values).Release()
	out := rel{}
	for _, v := range values {
		tab := v.(*kernels.Table)
		if narrow && !tab.Schema().Equal(f.Schema()) {
			w.t.Fatalf("a partition has columns %v, the frame %v\n%s", tab.Schema(), f.Schema(), w.plan())
		}
		out.rows = append(out.rows, rowsOf(tab, f.Columns())...)
	}
	return out.text()
}

// rowsOf returns the rows of a table as Go values.
func rowsOf(tab *kernels.Table, cols []string) [][]any {
	rows := make([][]any, tab.NumRows())
	for _, name := range cols {
		k, err := tab.ColumnIndex(name)
		if err != nil {
			panic(err)
		}
		for i := range rows {
			rows[i] = append(rows[i], valueOf(tab.Column(k), i))
		}
	}
	return rows
}

func valueOf(col arrow.Array, i int) any {
	if col.IsNull(i) {
		return nil
	}
	switch c := col.(type) {
	case *arrowarray.Int64:
		return c.Value(i)
	case *arrowarray.Float64:
		return c.Value(i)
	case *arrowarray.Boolean:
		return c.Value(i)
	case *arrowarray.String:
		return strings.Clone(c.Value(i)) // which outlives the table
	case *arrowarray.Dictionary:
		return valueOf(c.Dictionary(), c.GetValueIndex(i))
	}
	panic(fmt.Sprintf("a column of %v", col.DataType()))
}

// source draws a table and returns it with frames of it: whole, in several
// partitions, and read from Parquet files. Its columns have the given suffix,
// but k, which all tables have.
func (w *world) source(suffix string) (rel, []*Frame) {
	r := rel{names: []string{"k", "i" + suffix, "f" + suffix, "s" + suffix}, kinds: "iifs"}
	for range rapid.IntRange(0, 14).Draw(w.t, "rows") {
		r.rows = append(r.rows, []any{w.value('i'), w.value('i'), w.value('f'), w.value('s')})
	}
	whole := []*kernels.Table{w.table(r.names, r.kinds, r.rows)}
	var parts []*kernels.Table
	rows := r.rows
	for len(rows) > 0 || len(parts) == 0 {
		n := rapid.IntRange(0, min(5, len(rows))).Draw(w.t, "part")
		parts, rows = append(parts, w.table(r.names, r.kinds, rows[:n])), rows[n:]
	}
	dir, err := os.MkdirTemp(w.dir, "")
	if err != nil {
		w.t.Fatal(err)
	}
	ctx := kernels.WithAllocator(context.Background(), w.mem)
	if _, err := FromTables(parts...).WriteParquet(ctx, &graph.Local{Threads: 2}, dir); err != nil {
		w.t.Fatal(err)
	}
	return r, []*Frame{FromTables(whole...), FromTables(parts...), ReadParquet(dir + "/*.parquet")}
}

// value draws a value or nil; few different ones, so that keys meet.
func (w *world) value(kind byte) any {
	if rapid.IntRange(0, 4).Draw(w.t, "null") == 0 {
		return nil
	}
	n := rapid.IntRange(-3, 3).Draw(w.t, "value")
	switch kind {
	case 'i':
		return int64(n)
	case 'f':
		return float64(n) / 2
	}
	return []string{"", "a", "b", "ab", "ba", "z", "ü"}[n+3]
}

func (w *world) table(names []string, kinds string, rows [][]any) *kernels.Table {
	types := map[rune]arrow.DataType{'i': arrow.PrimitiveTypes.Int64, 'f': arrow.PrimitiveTypes.Float64, 's': arrow.BinaryTypes.String}
	var fields []arrow.Field
	for i, k := range kinds {
		fields = append(fields, arrow.Field{Name: names[i], Type: types[k], Nullable: true})
	}
	t := buildTable(w.t, w.mem, arrow.NewSchema(fields, nil), rows)
	w.held = append(w.held, t)
	return t
}

// apply does one operation on all layouts.
func (w *world) apply(what string, f func(layout int, f *Frame) *Frame, r rel) {
	w.story = append(w.story, what)
	for i := range w.frames {
		w.frames[i] = f(i, w.frames[i])
	}
	w.rel = r
}

// name returns a column name that the plan has not had yet.
func (w *world) name() string {
	w.fresh++
	return fmt.Sprintf("c%d", w.fresh)
}

func pick[T any](w *world, from []T) T { return rapid.SampledFrom(from).Draw(w.t, "pick") }

// some draws a non-empty part of the columns in some order.
func (w *world) some(from []string) []string {
	n := rapid.IntRange(1, len(from)).Draw(w.t, "some")
	return slices.Clone(rapid.Permutation(from).Draw(w.t, "order")[:n])
}
