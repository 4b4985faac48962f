package frame

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// window adds a column, which of makes of the values of a column in a group in
// order and the place of a row among them.
func (r rel) window(keys []string, order []naiveKey, name string, kind byte, col string, of func(values []any, at int) any) rel {
	numbered := r.with("#", 'i', nil0)
	for i := range numbered.rows {
		numbered.rows[i][len(r.names)] = int64(i)
	}
	sorted := numbered.sort(order)
	out := r.with(name, kind, nil0)
	groups := map[string][][]any{}
	for _, row := range sorted.rows {
		key := fmt.Sprintf("%#v", rel{r.names, r.kinds, [][]any{row[:len(r.names)]}}.project(keys).rows)
		groups[key] = append(groups[key], row)
	}
	for _, group := range groups { // order-free: each row is written once
		var values []any
		for _, row := range group {
			values = append(values, row[r.index(col)])
		}
		for at, row := range group {
			out.rows[row[len(r.names)].(int64)][len(r.names)] = of(values, at)
		}
	}
	return out
}

func nil0([]any) any { return nil }

// sum adds the values that are not nil, nil if there are none.
func sum(values []any) any {
	total, some := int64(0), false
	for _, v := range values {
		if v != nil {
			total, some = total+v.(int64), true
		}
	}
	if !some {
		return nil
	}
	return total
}

// windowStep adds a column over groups. The rows are then sorted by all columns,
// since groups are exchanged.
func (w *world) windowStep() bool {
	cols, ints := w.rel.of("ifs"), w.rel.of("i")
	if len(ints) == 0 {
		return false
	}
	keys := w.some(cols)[:1]
	if rapid.IntRange(0, 3).Draw(w.t, "whole") == 0 {
		keys = nil
	}
	by := naiveKey{pick(w, cols), rapid.Bool().Draw(w.t, "desc"), false}
	order := Asc(by.column)
	if by.desc {
		order = Desc(by.column)
	}
	col, name := pick(w, ints), w.name()
	var fn WindowFunc
	var of func(values []any, at int) any
	switch rapid.IntRange(0, 5).Draw(w.t, "function") {
	case 0:
		fn, of = RowNumber().As(name), func(_ []any, at int) any { return int64(at + 1) }
	case 1:
		fn, of = Lag(col, 2).As(name), func(values []any, at int) any {
			if at < 2 {
				return nil
			}
			return values[at-2]
		}
	case 2:
		fn, of = CumSum(col).As(name), func(values []any, at int) any { return sum(values[:at+1]) }
	case 3:
		fn, of = RollingSum(col, 2).As(name), func(values []any, at int) any { return sum(values[max(0, at-1) : at+1]) }
	case 4:
		fn, of = Sum(col).As(name), func(values []any, _ int) any { return sum(values) }
	default:
		fn, of = First(col).As(name), func(values []any, _ int) any {
			if at := slices.IndexFunc(values, func(v any) bool { return v != nil }); at >= 0 {
				return values[at]
			}
			return nil
		}
	}
	r := w.rel.window(keys, []naiveKey{by}, name, 'i', col, of)
	w.apply(fmt.Sprintf("%T %v over %v by %v", fn, fn, keys, by), func(_ int, f *Frame) *Frame { return f.Over(keys...).OrderBy(order).With(fn) }, r)
	return w.settle()
}

// settle sorts the rows by all columns.
func (w *world) settle() bool {
	var naive []naiveKey
	var keys []SortKey
	for _, name := range w.rel.names {
		naive, keys = append(naive, naiveKey{name, false, false}), append(keys, Asc(name))
	}
	w.apply("sort by all", func(_ int, f *Frame) *Frame { return f.Sort(keys...) }, w.rel.sort(naive))
	return true
}

func (w *world) uniqueStep() bool {
	keys := w.some(w.rel.names)
	if rapid.IntRange(0, 2).Draw(w.t, "all") == 0 {
		keys = nil
	}
	of := keys
	if keys == nil {
		of = w.rel.names
	}
	r, seen := w.rel.filter(func([]any) any { return false }), map[string]bool{}
	for _, row := range w.rel.rows {
		key := fmt.Sprintf("%#v", rel{w.rel.names, w.rel.kinds, [][]any{row}}.project(of).rows)
		if !seen[key] {
			seen[key], r.rows = true, append(r.rows, row)
		}
	}
	w.apply(fmt.Sprint("unique ", keys), func(_ int, f *Frame) *Frame { return f.Unique(keys...) }, r)
	return w.settle()
}

func (w *world) nullsStep() bool {
	cols := w.rel.of("ifs")
	if len(cols) == 0 {
		return false
	}
	some := w.some(cols)
	if rapid.Bool().Draw(w.t, "drop") {
		w.apply(fmt.Sprint("drop nulls of ", some), func(_ int, f *Frame) *Frame { return f.DropNulls(some...) }, w.rel.filter(func(row []any) any {
			return !slices.ContainsFunc(some, func(name string) bool { return row[w.rel.index(name)] == nil })
		}))
		return true
	}
	r := w.rel
	for i, name := range r.names {
		if r.kinds[i] == 's' {
			r = r.with(name, 's', func(row []any) any {
				if row[i] == nil {
					return "none"
				}
				return row[i]
			})
		}
	}
	if len(w.rel.of("s")) == 0 {
		return false
	}
	w.apply("fill nulls of strings", func(_ int, f *Frame) *Frame { return f.FillNull("none") }, r)
	return true
}

func TestWindows(t *testing.T) {
	p := people(t)
	one := FromTables(run(t, p)) // in one partition, which keeps its order
	expect(t, one.Over("team").OrderBy(Desc("age")).With(RowNumber(), Rank(), RankMax(), DenseRank().As("dense"), AverageRank(), Lag("name", 1)).
		Drop("score", "age"),
		"ann|red|1|1|1|1|1|null", "bob|blue|1|1|2|1|1.5|null", "cat|red|3|3|3|3|3|fay",
		"dan|null|1|1|1|1|1|null", "eve|blue|2|1|2|1|1.5|bob", "fay|red|2|2|2|2|2|ann")
	expect(t, one.Over().With(CumSum("age"), CumCount("age"), RollingMean("score", 2).AtLeast(2).As("mean"), Lead("age", 1), Max("age")).
		Drop("name", "team", "age", "score"),
		"31|1|null|25|47", "56|2|2|null|47", "56|2|3.25|47|47", "103|3|null|25|47", "128|4|null|19|47", "147|5|1.25|null|47")
	expect(t, p.Over("team").OrderBy(Asc("age")).With(CumMin("score"), CumMax("name"), RollingMin("score", 2), RollingMax("age", 2), RollingSum("age", 9)).
		Sort(Asc("name")).Select("name", "cum_min_score", "cum_max_name", "rolling_min_2_score", "rolling_max_2_age", "rolling_sum_9_age"),
		"ann|-1|fay|-1|31|50", "bob|2.5|bob|2.5|25|25", "cat|-1|fay|1.5|31|50", "dan|null|dan|null|47|47", "eve|2.5|eve|2.5|25|50", "fay|-1|fay|-1|19|19")
	share := p.Over("team").With(Sum("score").As("total")).With(Col("score").Div(Col("total")).As("share")).Filter(Col("team").Eq("blue"))
	expect(t, share.Select("name", Col("share").Round(3)).Sort(Asc("name")), "bob|0.417", "eve|0.583")
	unused := p.Over("team").OrderBy(Asc("age")).With(RowNumber()).Select("name")
	if plan := unused.Explain(); strings.Contains(plan, "window") {
		t.Errorf("a window function that nobody uses is computed:\n%s", plan)
	}
}

func TestWindowsOfNothing(t *testing.T) {
	none := people(t).Filter(Col("age").Gt(1000))
	expect(t, none.Over("team").OrderBy(Asc("age")).With(Rank(), CumSum("age"), Sum("age").As("s")))
	expect(t, none.Over().OrderBy(Asc("age")).With(Rank(), Lag("name", 3), RollingMean("score", 2), Rows()))
}

func TestUniqueAndNulls(t *testing.T) {
	p := people(t)
	one := FromTables(run(t, p))
	expect(t, one.Unique("team").Select("name"), "ann", "bob", "dan")
	expect(t, p.Unique("team").Select("name").Sort(Asc("name")), "ann", "bob", "dan")
	expect(t, Concat(p, p).Unique().GroupBy().Agg(Rows()), "6")
	expect(t, p.DropNulls().Select("name"), "ann", "bob", "eve", "fay")
	expect(t, p.DropNulls("age").Select("name"), "ann", "bob", "dan", "eve", "fay")
	expect(t, p.FillNull("none").Filter(Col("name").Eq("dan")), "dan|none|47|null")
	expect(t, p.FillNull(0).Filter(Col("name").IsIn("dan", "cat")), "cat|red|0|4", "dan|null|47|0")
	expect(t, p.FillNull(0.5).Filter(Col("name").IsIn("dan", "cat")), "cat|red|null|4", "dan|null|47|0.5")
	expect(t, p.FillNull(Col("name"), "team").Filter(Col("name").Eq("dan")), "dan|dan|47|null")
}

func TestWindowAndUniqueErrors(t *testing.T) {
	p := people(t)
	for _, c := range []struct {
		f    *Frame
		want []string
	}{
		{p.Over("agee").With(RowNumber()), []string{"window", `"agee"`, `did you mean "age"?`}},
		{p.Over("team").OrderBy(Asc("agee")).With(RowNumber()), []string{"order of window", `"agee"`}},
		{p.Over("team").With(CumSum("agee")), []string{"cum_sum", `"agee"`}},
		{p.Over("team").With(Sum("agee")), []string{"sum", `"agee"`}},
		{p.Over("team").With(CumSum("name")), []string{"cum_sum", `"name"`, "utf8"}},
		{p.Over("team").With(), []string{"window without functions"}},
		{p.Over("team").With(DenseRank()), []string{"rank_dense without an order"}},
		{p.Over("team").With(RollingSum("age", 0)), []string{`"age"`, "over 0 rows: want 1 or more"}},
		{p.Over("team").With(RowNumber().As("age")), []string{`two columns named "age"`, "As"}},
		{p.Unique("agee"), []string{"unique", `"agee"`, `did you mean "age"?`}},
		{p.DropNulls("agee"), []string{"drop nulls", `"agee"`}},
		{p.FillNull(1, "agee"), []string{"fill null", `"agee"`}},
		{p.FillNull("x", "age"), []string{"fill null", "age", "string", "int64"}},
		{p.Select("name").FillNull(1), []string{"fill null", "no column is of the type of 1"}},
	} {
		wantText(t, strings.Join(c.want, " "), c.f.Err(), append(c.want, "planwindow_test.go:")...)
	}
}
