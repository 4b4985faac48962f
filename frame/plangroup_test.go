package frame

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// groupStep groups by up to two keys; by none all rows are one group.
func (w *world) groupStep() bool {
	var keys []string
	if cols := w.rel.of("is"); len(cols) > 0 {
		keys = w.some(cols)
		keys = keys[:rapid.IntRange(0, min(2, len(keys))).Draw(w.t, "keys")]
	}
	var naive []naiveAgg
	var aggs []Agg
	for range rapid.IntRange(1, 3).Draw(w.t, "aggs") {
		n, a := w.aggregate()
		naive, aggs = append(naive, n), append(aggs, a)
	}
	w.apply(fmt.Sprint("group by ", keys, " ", naive), func(_ int, f *Frame) *Frame { return f.GroupBy(keys...).Agg(aggs...) },
		w.rel.group(keys, naive))
	return true
}

func (w *world) aggregate() (naiveAgg, Agg) {
	as := w.name()
	kinds := map[string]func(string) Agg{
		"count": Count, "distinct": CountDistinct, "first": First, "last": Last, "min": Min, "max": Max, "sum": Sum, "mean": Mean,
	}
	kind := pick(w, []string{"rows", "count", "distinct", "first", "last", "min", "max", "sum", "mean"})
	of := "ifs"
	if kind == "sum" || kind == "mean" {
		of = "if"
	}
	cols := w.rel.of(of)
	if kind == "rows" || len(cols) == 0 {
		return naiveAgg{"rows", "", as}, Rows().As(as)
	}
	col := pick(w, cols)
	return naiveAgg{kind, col, as}, kinds[kind](col).As(as)
}

func (w *world) sortStep() bool {
	cols := w.rel.of("ifs")
	if len(cols) == 0 {
		return false
	}
	var naive []naiveKey
	var keys []SortKey
	for _, c := range w.some(cols) {
		n := naiveKey{c, rapid.Bool().Draw(w.t, "desc"), rapid.Bool().Draw(w.t, "nulls")}
		k := Asc(c)
		if n.desc {
			k = Desc(c)
		}
		if n.nullsBefore {
			k = k.NullsFirst()
		}
		naive, keys = append(naive, n), append(keys, k)
	}
	sorted := w.rel.sort(naive)
	if rapid.Bool().Draw(w.t, "top") {
		n := rapid.IntRange(0, 10).Draw(w.t, "k")
		w.apply(fmt.Sprint("top ", n, naive), func(_ int, f *Frame) *Frame { return f.TopK(n, keys...) }, sorted.head(n))
		return true
	}
	w.apply(fmt.Sprint("sort ", naive), func(_ int, f *Frame) *Frame { return f.Sort(keys...) }, sorted)
	return true
}

// joinStep joins with another table, or with the plan itself, filtered.
func (w *world) joinStep() bool {
	var right rel
	var frames []*Frame
	if rapid.IntRange(0, 3).Draw(w.t, "self") == 0 {
		e, keep := w.predicate(1)
		right = w.rel.filter(keep)
		for _, f := range w.frames {
			frames = append(frames, f.Filter(e))
		}
	} else {
		suffix := fmt.Sprintf("_%d", w.fresh)
		if rapid.Bool().Draw(w.t, "clash") {
			suffix = ""
		}
		w.fresh++
		right, frames = w.source(suffix)
	}
	kind := pick(w, []JoinKind{Inner, Left, Semi, Anti, Right, Full})
	of := pick(w, []string{"i", "s"})
	if len(w.rel.of(of)) == 0 || len(right.of(of)) == 0 {
		return false
	}
	lk, rk := pick(w, w.rel.of(of)), pick(w, right.of(of))
	joined := w.rel.join(right, kind, lk, rk)
	if repeated(joined.names) != "" || len(joined.rows) > 2000 || w.mixed(lk, rk, frames, kind) {
		return false
	}
	w.apply(fmt.Sprintf("%v join on %s = %s with %s", kind, lk, rk, strings.Join(right.names, " ")),
		func(i int, f *Frame) *Frame { return f.Join(frames[i], kind, On(lk, rk)) }, joined)
	return true
}

// mixed reports whether a join that fills its left keys from the right ones
// would meet two types: strings as they are and in a dictionary.
func (w *world) mixed(lk, rk string, right []*Frame, kind JoinKind) bool {
	for i, f := range w.frames {
		l, _ := f.Schema().FieldsByName(lk)
		r, _ := right[i].Schema().FieldsByName(rk)
		if (kind == Right || kind == Full) && l[0].Type.ID() != r[0].Type.ID() {
			return true
		}
	}
	return false
}

func (w *world) concatStep() bool {
	e, keep := w.predicate(1)
	r := w.rel.filter(keep)
	r.rows = append(r.rows[:len(r.rows):len(r.rows)], w.rel.rows...)
	w.apply("concat of itself filtered by "+e.String()+" and itself",
		func(_ int, f *Frame) *Frame { return Concat(f.Filter(e), f) }, r)
	return true
}
