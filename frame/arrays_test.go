package frame

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestArraysAndBack: arrays become a frame, the frame's columns arrays, in one
// graph with what is above and below, and no memory stays.
func TestArraysAndBack(t *testing.T) {
	mem := kerneltest.Alloc(t)
	ctx, l := kernels.WithAllocator(context.Background(), mem), &graph.Local{Threads: 2}
	x := array.Arange(0, 10, 1, array.ChunkShape(4))
	y := array.FromSlice([]int64{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, []int{10}, array.ChunkShape(3)) // cut otherwise
	f := FromArrays([]string{"x", "y"}, x.Mul(x), y)
	if got := fmt.Sprint(f.Partitions(), f.Columns()); got != "3 [x y]" {
		t.Fatalf("partitions and columns %s", got)
	}
	q := f.Filter(Col("y").Ge(5)).With(Col("x").Add(Col("y")).As("sum"))
	cols, release, err := q.ToArrays(ctx, l, "sum")
	if err != nil {
		t.Fatal(err)
	}
	got, err := cols[0].Float64s(ctx, l)
	if want := "[9 9 11 15 21]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("got %v, %v; want %s", got, err, want)
	}
	release()

	both := Concat(f.GroupBy().Agg(Sum("y").As("n")), f.Select(Col("y").As("n")).TopK(1, Desc("n")))
	tab, err := both.Compute(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(cells(tab)); got != "[45 9]" {
		t.Errorf("sum and maximum are %s", got)
	}
	tab.Release()
	// The columns that nobody asks for are not computed.
	g, err := f.Select("y").Graph()
	if err != nil {
		t.Fatal(err)
	}
	defer releaseLiterals(g)
	if plan := listing(g); strings.Contains(plan, "array.create") || !strings.Contains(plan, "array.slice") {
		t.Errorf("only y is asked for, which is sliced and not created:\n%s", plan)
	}
}

func TestFromArraysMistakes(t *testing.T) {
	x := array.Arange(0, 4, 1)
	for want, f := range map[string]*Frame{
		"1 names for 2 arrays":      FromArrays([]string{"a"}, x, x),
		`two columns are named`:     FromArrays([]string{"a", "a"}, x, x),
		`column "b" has shape [5]`:  FromArrays([]string{"a", "b"}, x, array.Arange(0, 5, 1)),
		`shape [2 2]`:               FromArrays([]string{"a"}, array.Eye(2)),
		`"a": no column is of type`: FromArrays([]string{"a"}, x.Gt(1)),
		"axis 7":                    FromArrays([]string{"a"}, x.Sum(7)),
	} {
		wantText(t, want, f.Err(), want, "arrays_test.go:")
	}
}

// TestNothingIsLeftBehind: what is persisted, turned into arrays or written is
// given back when it is released; what another graph needs lives until then.
func TestNothingIsLeftBehind(t *testing.T) {
	mem := kerneltest.Alloc(t)
	ctx, l := kernels.WithAllocator(context.Background(), mem), &graph.Local{Threads: 2}
	p := people(t)
	kept, release, err := p.With(Col("score").FillNull(0).As("s")).Persist(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	n, err := kept.Count(ctx, l)
	if err != nil || n != 6 {
		t.Errorf("%d people, %v", n, err)
	}
	arrays, releaseArrays, err := kept.ToArrays(ctx, l, "s")
	release() // the arrays hold their own
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := arrays[0].Sum().Scalar(ctx, l); err != nil || math.Abs(sum-10.5) > 1e-12 {
		t.Errorf("the scores add up to %v, %v", sum, err)
	}
	releaseArrays()
	_, _, err = p.ToArrays(ctx, l, "name")
	wantText(t, "a column of strings as an array", err, `"name"`, "string", "numbers")

	_, _, err = p.Filter(Col("age").IsNull().Not()).ToArrays(ctx, l, "age", "score")
	wantText(t, "a column with nulls as an array", err, "frame: to array", `"score" has 1 null in 5 rows`,
		`With(Col("score").FillNull(x).As("score"))`, `Filter(Col("score").IsNull().Not())`)
	if n := strings.Count(err.Error(), "drop"); n != 1 {
		t.Errorf("the advice is given %d times: %v", n, err)
	}

	dir := filepath.Join(t.TempDir(), "new", "folder")
	if _, err := p.TopK(100, Asc("name")).WriteParquet(ctx, l, dir); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "part-00000.parquet" {
		t.Errorf("one file is written, and no temporary one: %v, %v", files, err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm()&0o044 == 0 {
		t.Errorf("others cannot read the file: %v, %v", info.Mode(), err)
	}
	file := filepath.Join(dir, "part-00000.parquet")
	_, err = p.WriteCSV(ctx, l, file)
	wantText(t, "a folder that is a file", err, "frame: write", file)
	tab, err := ReadParquet(file).TopK(2, Desc("age")).Select("name").Compute(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(cells(tab)); got != "[dan ann]" {
		t.Errorf("the eldest are %s", got)
	}
	tab.Release()
}
