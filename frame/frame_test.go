package frame

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run computes f without a cluster.
func run(t *testing.T, f *Frame) *kernels.Table {
	t.Helper()
	got, err := f.Compute(context.Background(), &graph.Local{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(got.Release)
	return got
}

// people is a small frame of two partitions, with nulls.
func people(t *testing.T) *Frame {
	t.Helper()
	s := arrow.NewSchema([]arrow.Field{
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "team", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "age", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	}, nil)
	rows := [][]any{
		{"ann", "red", int64(31), 1.5}, {"bob", "blue", int64(25), 2.5}, {"cat", "red", nil, 4.0},
		{"dan", nil, int64(47), nil}, {"eve", "blue", int64(25), 3.5}, {"fay", "red", int64(19), -1.0},
	}
	return FromTables(build(t, s, rows[:4]), build(t, s, rows[4:]))
}

func build(t *testing.T, s *arrow.Schema, rows [][]any) *kernels.Table {
	t.Helper()
	return buildTable(t, memory.DefaultAllocator, s, rows)
}

// buildTable makes a table of rows of Go values and nils.
func buildTable(t interface{ Fatal(...any) }, mem memory.Allocator, s *arrow.Schema, rows [][]any) *kernels.Table {
	b := arrowarray.NewRecordBuilder(mem, s)
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			if v == nil {
				b.Field(i).AppendNull()
				continue
			}
			switch fb := b.Field(i).(type) {
			case *arrowarray.StringBuilder:
				fb.Append(v.(string))
			case *arrowarray.Int64Builder:
				fb.Append(v.(int64))
			case *arrowarray.Float64Builder:
				fb.Append(v.(float64))
			case *arrowarray.Date32Builder:
				fb.Append(arrow.Date32(v.(int64)))
			case *arrowarray.TimestampBuilder:
				fb.Append(arrow.Timestamp(v.(int64)))
			default:
				t.Fatal("no values for a column of type", s.Field(i).Type)
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	tab, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// cells returns the rows of a table as text, the fields joined by a bar.
func cells(tab *kernels.Table) []string {
	var out []string
	for i := range tab.NumRows() {
		var row []string
		for k := range tab.NumColumns() {
			c := tab.Column(k)
			if c.IsNull(i) {
				row = append(row, "null")
			} else {
				row = append(row, c.ValueStr(i))
			}
		}
		out = append(out, strings.Join(row, "|"))
	}
	return out
}

func expect(t *testing.T, f *Frame, want ...string) {
	t.Helper()
	got := cells(run(t, f))
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRowwise(t *testing.T) {
	p := people(t)
	expect(t, p.Filter(Col("age").Gt(24)).Select("name", Col("age").Add(1).As("next")),
		"ann|32", "bob|26", "dan|48", "eve|26")
	expect(t, p.With(Col("score").FillNull(0).Mul(2).As("score")).Select("name", "score").Head(4),
		"ann|3", "bob|5", "cat|8", "dan|0")
	expect(t, p.Drop("age", "score").Rename("team", "side").Filter(Col("side").IsNull()), "dan|null")
	expect(t, p.Filter(Col("age").Gt(100)).Select("name"))
	expect(t, p.Select(Col("name").Upper().Concat("-", Col("team")).As("x")).Head(4), "ANN-red", "BOB-blue", "CAT-red", "null")
}

func TestGroupSortJoin(t *testing.T) {
	p := people(t)
	expect(t, p.GroupBy("team").Agg(Rows(), Sum("age").As("age"), Mean("score").As("mean")).Sort(Asc("team").NullsFirst()),
		"null|1|47|null", "blue|2|50|3", "red|3|50|1.5")
	expect(t, p.Select("name", "age").Sort(Desc("age"), Asc("name")),
		"dan|47", "ann|31", "bob|25", "eve|25", "fay|19", "cat|null")
	expect(t, p.Select("name", "score").TopK(2, Desc("score")), "cat|4", "eve|3.5")
	expect(t, p.Select("name", "score").Sort(Desc("score")).Head(1), "cat|4")
	expect(t, p.GroupBy().Agg(Count("score"), CountDistinct("age"), Median("age")), "5|4|25")
	expect(t, p.ValueCounts("team"), "red|3", "blue|2", "null|1")
	expect(t, p.Select("team").Distinct(), "red", "blue", "null")

	teams := FromTables(build(t, arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "age", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, nil), [][]any{{"red", int64(7)}, {"green", int64(8)}}))
	expect(t, p.Join(teams, Inner, On("team", "id")).Select("name", "age_right"), "ann|7", "cat|7", "fay|7")
	expect(t, p.Join(teams, Anti, On("team", "id")).Select("name"), "bob", "dan", "eve")
	expect(t, p.Join(teams, Full, On("team", "id")).Select("name", "team", "age_right").Filter(Col("name").IsNull()), "null|green|8")
	expect(t, Concat(p.Select("name", "age"), p.Select(Col("name"), Col("age"))).GroupBy().Agg(Rows()), "12")
}

// Aggregates of two columns and those that yield lists; none of them loses its
// columns to narrowing.
func TestMoreAggregates(t *testing.T) {
	p := people(t)
	expect(t, p.GroupBy("team").Agg(NLargest("age", 2), NSmallest("score", 1).As("low"), List("name").As("names")).Sort(Asc("team")),
		`blue|[25,25]|[2.5]|["bob","eve"]`, `red|[31,19]|[-1]|["ann","cat","fay"]`, `null|[47]|[]|["dan"]`)
	exact := p.With(Col("age").Mul(-2).As("down"))
	expect(t, exact.GroupBy().Agg(Cov("age", "down").As("c"), Corr("age", "down"), Corr("age", "age").As("same")).
		Select(Col("c").Round(3).As("c"), Col("corr_age_down").Round(9).As("r"), Col("same").Round(9).As("s")), "-229.6|-1|1")
}

// TestNarrowing: a plan computes the same whether or not columns are pruned,
// and reads no more than it needs.
func TestNarrowing(t *testing.T) {
	dir := t.TempDir()
	paths, err := people(t).WriteParquet(context.Background(), &graph.Local{}, dir)
	if err != nil || len(paths) != 2 {
		t.Fatalf("wrote %v, %v", paths, err)
	}
	f := ReadParquet(filepath.Join(dir, "*.parquet"))
	q := f.With(Col("age").Mul(2).As("double")).Filter(Col("team").Eq("red")).GroupBy("team").Agg(Sum("double").As("s"))
	expect(t, q, "red|100")
	if plan := q.Explain(); !strings.Contains(plan, "columns team, age") {
		t.Errorf("the scan must read the columns team and age only:\n%s", plan)
	}
	if g, err := q.Graph(); err != nil || g.Len() != 5 {
		t.Errorf("a sample, two scans with their steps and two parts are 5 tasks, got %d, %v", g.Len(), err)
	}
}

func TestCSVRoundTrip(t *testing.T) {
	dir := t.TempDir()
	if _, err := people(t).WriteCSV(context.Background(), &graph.Local{}, dir); err != nil {
		t.Fatal(err)
	}
	f := ReadCSV(filepath.Join(dir, "*.csv"), CSVOptions{})
	expect(t, f.Select("name", "age").TopK(1, Asc("age")), "fay|19")
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte("a,b\n1,2\n3\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := ReadCSV(bad, CSVOptions{}).Compute(context.Background(), &graph.Local{})
	if err == nil || !strings.Contains(err.Error(), "bad.csv:3") {
		t.Errorf("a short record gave %v; the message must name file and line", err)
	}
}

// TestKeysOfFiles: equal plans over one file have one key, and others when the
// file has changed.
func TestKeysOfFiles(t *testing.T) {
	dir := t.TempDir()
	ctx, l := context.Background(), &graph.Local{}
	paths, err := people(t).WriteParquet(ctx, l, dir)
	if err != nil {
		t.Fatal(err)
	}
	csvs, err := people(t).WriteCSV(ctx, l, dir)
	if err != nil {
		t.Fatal(err)
	}
	for path, read := range map[string]func() *Frame{
		paths[0]: func() *Frame { return ReadParquet(paths[0]) },
		csvs[0]:  func() *Frame { return ReadCSV(csvs[0], CSVOptions{}) },
	} {
		plan := func() graph.Key { return read().Filter(Col("age").Gt(20)).Key() }
		before := plan()
		if plan() != before {
			t.Errorf("%s: equal plans have two keys", path)
		}
		if err := os.Chtimes(path, time.Time{}, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		if plan() == before {
			t.Errorf("%s has changed, but not the key of what is read of it", path)
		}
	}
}

// TestPersistOfConcat: what is persisted is found again, also where columns are
// left out and their order differs.
func TestPersistOfConcat(t *testing.T) {
	ctx, l := context.Background(), &graph.Local{}
	p, q := people(t), people(t)
	for what, f := range map[string]*Frame{
		"all columns": Concat(p, q),
		"one column":  Concat(p, q).Select("score"),
		"filtered":    Concat(p.Filter(Col("age").Gt(0).Or(Col("age").IsNull())), q).Select("score", "name"),
	} {
		kept, release, err := f.Persist(ctx, l)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := kept.Count(ctx, l); err != nil || n != 12 {
			t.Errorf("%s: %d rows, %v; want 12", what, n, err)
		}
		release()
	}
}

func TestToArrays(t *testing.T) {
	ctx, l := context.Background(), &graph.Local{}
	as, release, err := people(t).With(Col("score").FillNull(0).As("score")).ToArrays(ctx, l, "score")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	sum, err := as[0].Mul(2).Sum().Scalar(ctx, l)
	if err != nil || sum != 21 {
		t.Fatalf("twice the sum of the scores is %v, %v; want 21", sum, err)
	}
	_, _, err = Concat(people(t), people(t)).ToArrays(ctx, l, "score", "age")
	wantText(t, "a column with nulls", err, `column "score" has 2 nulls in 12 rows`)
}

func TestMistakesAreNamed(t *testing.T) {
	p := people(t)
	cases := map[string]*Frame{
		`"agee"`:             p.Filter(Col("agee").Gt(1)),
		`did you mean "age"`: p.Select("agee"),
		"bool":               p.Filter(Col("age")),
		"string":             p.With(Col("name").Add(1).As("x")),
		"frame_test.go":      p.Drop("nothing"),
		"two columns":        p.Select("age", "age"),
		"no-such-file":       ReadParquet("no-such-file.parquet"),
		"cast one of them":   p.Join(p.Select(Col("age").As("n"), "score"), Inner, On("name", "n")),
	}
	for want, f := range cases {
		if f.Err() == nil || !strings.Contains(f.Err().Error(), want) {
			t.Errorf("the error must contain %s: %v", want, f.Err())
		}
		if _, err := f.Head(1).Compute(context.Background(), &graph.Local{}); err == nil {
			t.Errorf("%s: a computation of a faulty frame must fail", want)
		}
	}
}
