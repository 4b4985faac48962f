package frame

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// wantText fails unless the error says all of the given texts.
func wantText(t *testing.T, what string, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want one that says %q", what, texts)
		return
	}
	for _, s := range texts {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: the error does not say %q: %v", what, s, err)
		}
	}
}

// TestUnknownColumns: every operation that takes a column names the one that
// is not there, what it may have been, what there is, and the user's line.
func TestUnknownColumns(t *testing.T) {
	p := people(t)
	cases := map[string]*Frame{
		"select":    p.Select("agee"),
		"with":      p.With(Col("agee").Add(1).As("x")),
		"filter":    p.Filter(Col("score").Gt(1).And(Col("agee").Gt(1))),
		"drop":      p.Drop("agee"),
		"rename":    p.Rename("agee", "x"),
		"group by":  p.GroupBy("agee").Agg(Rows()),
		"aggregate": p.GroupBy("team").Agg(Sum("agee")),
		"sort":      p.Sort(Asc("agee")),
		"top k":     p.TopK(3, Desc("agee")),
		"join":      p.Join(p, Inner, Using("agee")),
		"distinct":  p.Distinct("agee"),
		"counts":    p.ValueCounts("agee"),
	}
	for what, f := range cases {
		wantText(t, what, f.Err(), `"agee"`, `did you mean "age"?`, "name, team, age, score", "errors_test.go:")
		if !errors.Is(f.Err(), ErrFrame) || !errors.Is(f.Err(), kernels.ErrColumn) {
			t.Errorf("%s: %v wraps neither ErrFrame nor ErrColumn", what, f.Err())
		}
	}
	_, _, err := p.ToArrays(context.Background(), &graph.Local{}, "agee")
	wantText(t, "to arrays", err, `"agee"`, "errors_test.go:")
}

// TestWrongTypes: an operation says which column or expression is of which type.
func TestWrongTypes(t *testing.T) {
	p := people(t)
	n := p.Select(Col("age").As("n"))
	cases := []struct {
		f    *Frame
		want []string
	}{
		{p.Filter(Col("age")), []string{"filter", "age", "int64", "bool"}},
		{p.With(Col("name").Add(1).As("x")), []string{"with", "add(name, 1)", "string"}},
		{p.With(Col("age").Lower().As("x")), []string{"lower(age)", "int64"}},
		{p.With(Col("age").Hour().As("x")), []string{"hour", "int64"}},
		{p.Filter(Col("age").Eq("old")), []string{"eq(age, \"old\")", "string", "int64"}},
		{p.With(Lit([]int{1}).As("x")), []string{"[]int", "literal"}},
		{p.With(Expr{}.As("x")), []string{"zero Expr"}},
		{p.GroupBy("team").Agg(Sum("name")), []string{"group by", `"name"`, "utf8"}},
		{p.GroupBy("team").Agg(Quantile("age", 2)), []string{`"age"`, "0 to 1"}},
		{p.GroupBy().Agg(), []string{"neither keys nor aggregates"}},
		{p.GroupBy("team").Agg(Rows(), Count("age").As("count")), []string{"two columns", `"count"`, "name one with As"}},
		{p.GroupBy("team").Agg(Count("age").As("team")), []string{"two columns", `"team"`, "name one with As"}},
		{p.Join(n, Inner, On("name", "n")), []string{"join", `"name"`, `"n"`, "utf8", "int64", "cast"}},
		{p.Join(n, Inner), []string{"join", "no columns to compare", "On(left, right)", "Using(name)"}},
		{p.Select("age", 3), []string{"select", "column 1", "int"}},
		{p.Select("age", "age"), []string{"two columns", `"age"`, "As"}},
		{p.Rename("age", "name"), []string{"two columns", `"name"`}},
		{p.Select(), []string{"select", "no columns are left"}},
		{p.Drop(p.Columns()...), []string{"drop", "no columns are left"}},
		{Concat(p, n), []string{"concat", "frame 1", `no column "name"`, "n"}},
		{Concat(n, p.Select(Col("age").As("n"), "name")), []string{"frame 1", `the first has no column "name"`}},
		{Concat(n, n, p.Select(Col("score").As("n"))), []string{"frame 2", `column "n" is float64`, "int64", "cast"}},
		{Concat(p, p.Select("name", "age", "team", "score")), []string{"frame 1", `column "team" is number 3`, "number 2", "Select"}},
		{p.Head(-1), []string{"head", "-1 rows"}},
		{p.Sort(), []string{"sort", "no column to order by", "Asc(name)"}},
		{p.TopK(3), []string{"top k", "no column to order by", "Desc(name)"}},
		{p.TopK(-1, Asc("age")), []string{"top k", "-1 rows: want 0 or more"}},
		{FromTables(), []string{"no table"}},
	}
	for i, c := range cases {
		wantText(t, strings.Join(c.want, " "), c.f.Err(), append(c.want, "errors_test.go:")...)
		if err := c.f.Err(); err != nil && strings.Contains(err.Error(), "malformed") {
			t.Errorf("case %d: a mistake of the caller's is called malformed: %v", i, err)
		}
		if _, err := c.f.Filter(Col("age").Gt(1)).Head(1).Compute(context.Background(), &graph.Local{}); err == nil || err.Error() != c.f.Err().Error() {
			t.Errorf("case %d: a computation gives %v, not the first mistake %v", i, err, c.f.Err())
		}
	}
}

// TestMissingFiles: what names no file is an error of the line that names it.
func TestMissingFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "gone.parquet")
	cases := map[string]*Frame{
		file:               ReadParquet(file),
		dir + "/x.csv":     ReadCSV(dir+"/x.csv", CSVOptions{}),
		dir + "/*.parquet": ReadParquet(dir + "/*.parquet"),
		dir + "/y*.csv":    ReadCSV(dir+"/y*.csv", CSVOptions{}),
		"s4://bucket/x":    ReadParquet("s4://bucket/x"),
		"at least one":     ReadParquet(),
		"directory":        ReadParquet(dir),
	}
	for want, f := range cases {
		wantText(t, "missing file", f.Err(), want, "errors_test.go:")
	}
	if err := cases[file].Err(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v does not wrap fs.ErrNotExist", err)
	}
	wantText(t, "unknown scheme", cases["s4://bucket/x"].Err(), "s4", "example, file")
}

// computeChecked computes f under a checked allocator, and must fail.
func computeChecked(t *testing.T, f *Frame) error {
	t.Helper()
	if f.Err() != nil {
		t.Fatalf("the mistake is seen too early: %v", f.Err())
	}
	ctx := kernels.WithAllocator(context.Background(), kerneltest.Alloc(t))
	tab, err := f.Compute(ctx, &graph.Local{Threads: 2})
	if err == nil {
		tab.Release()
	}
	return err
}

// TestDamagedParquet: a file that is cut short, of another format, changed or
// removed after the plan was made gives an error that names it; nothing leaks.
func TestDamagedParquet(t *testing.T) {
	dir := t.TempDir()
	paths, err := people(t).WriteParquet(context.Background(), &graph.Local{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, n := range []int{len(whole) - 1, len(whole) / 2, 20} {
		cut := ReadParquet(write("cut.parquet", whole[:n]))
		wantText(t, "a cut file", cut.Err(), "cut.parquet", "cut short")
	}
	wantText(t, "text", ReadParquet(write("text.parquet", []byte("name,age\nann,31\n"))).Err(), "text.parquet", "not a Parquet file")
	wantText(t, "nothing", ReadParquet(write("nothing.parquet", nil)).Err(), "nothing.parquet", "0 bytes")

	path := write("changed.parquet", whole)
	f := ReadParquet(path).GroupBy("team").Agg(Sum("age"))
	write("changed.parquet", whole[:len(whole)/2])
	err = computeChecked(t, f)
	wantText(t, "changed", err, "changed.parquet", "cut short", "frame.")
	damaged := append([]byte{}, whole...)
	for i := 4; i < len(whole)/3; i++ {
		damaged[i] ^= 0x5a
	}
	write("changed.parquet", damaged)
	if err = computeChecked(t, f); !errors.Is(err, graph.ErrTask) {
		t.Errorf("%v does not wrap graph.ErrTask", err)
	}
	wantText(t, "damaged pages", err, "changed.parquet", "row group 0", "column")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantText(t, "removed", computeChecked(t, f), "changed.parquet", "no such file")
}

// TestMalformedCSV: the error names file and line, and for a wrong value the
// column, the value and what to do; nothing leaks.
func TestMalformedCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.csv")
	good := strings.Repeat("1,x\n", 300_000) // beyond what types are inferred from
	cases := []struct {
		text string
		opts CSVOptions
		want []string
	}{
		{"a,b\n1,2\n3\n", CSVOptions{}, []string{"bad.csv:3", "1", "2"}},
		{"a,b\n1,2\n3,4,5\n", CSVOptions{}, []string{"bad.csv:3", "3"}},
		{"a,b\n" + good + "oops,y\n", CSVOptions{}, []string{"bad.csv:300002", `column "a"`, `"oops"`, "int64", "inferred", "Types", "InferAll"}},
		{"a,b\noops,y\n", CSVOptions{Types: types("a", Int64)}, []string{"bad.csv:2", `column "a"`, `"oops"`, "given"}},
		{"a,b\n" + good + "1,\"y\n", CSVOptions{}, []string{"bad.csv:300002", "quote"}},
	}
	for _, c := range cases {
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		f := ReadCSV(path, c.opts)
		if f.Err() != nil {
			wantText(t, "malformed CSV", f.Err(), c.want...)
			continue
		}
		wantText(t, "malformed CSV", computeChecked(t, f.GroupBy("b").Agg(Max("a"))), c.want...)
	}
	f := ReadCSV(path, CSVOptions{Types: types("c", Int64)})
	wantText(t, "a type of no column", f.Err(), `"c"`, "bad.csv", "a, b")
	if err := os.WriteFile(path, []byte("a,a\n1,2\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	wantText(t, "one name twice", ReadCSV(path, CSVOptions{}).Err(), `"a"`, "two columns")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	wantText(t, "empty", ReadCSV(path, CSVOptions{}).Err(), "bad.csv", "empty")
}

// TestHeaderOnlyCSV: a header without rows is a frame without rows, beside
// files that have some.
func TestHeaderOnlyCSV(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"1.csv": "a,b\n", "2.csv": "a,b\nx,y\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, ReadCSV(dir+"/1.csv", CSVOptions{}))
	expect(t, ReadCSV(dir+"/*.csv", CSVOptions{}), "x|y")
}

// TestFailingRows: a value that an expression is not defined on fails the
// computation, with the op and the column's name, and nothing leaks.
func TestFailingRows(t *testing.T) {
	p := people(t)
	wantText(t, "overflow", computeChecked(t, p.With(Col("age").Mul(1<<62).As("x"))), `computing ["x"] of ["age"]`, "mul(", "int64")
	wantText(t, "cast", computeChecked(t, p.With(Col("name").Cast(Int64).As("x")).Sort(Asc("age"))), `"name"`, "is no int64")
	big := p.With(Col("age").Mul(1 << 57).As("x"))
	wantText(t, "sum", computeChecked(t, big.GroupBy().Agg(Sum("x"))), "overflow", `"x"`)
	if _, err := source.Glob("["); err == nil {
		t.Error("a malformed pattern is no error")
	}
}

// types gives one column its type.
func types(name string, t Type) map[string]arrow.DataType {
	return map[string]arrow.DataType{name: expr.ArrowType(t)}
}
