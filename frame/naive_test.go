package frame

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A rel is a table as a program would keep it that knows nothing of columns:
// rows of int64, float64, string, bool or nil. Its operations are the oracle of
// the frame's.
type rel struct {
	names []string
	kinds string // of each column: i, f, s, b
	rows  [][]any
}

func (r rel) index(name string) int { return slices.Index(r.names, name) }

// of returns the names of the columns of the given kinds.
func (r rel) of(kinds string) []string {
	var out []string
	for i, n := range r.names {
		if strings.IndexByte(kinds, r.kinds[i]) >= 0 {
			out = append(out, n)
		}
	}
	return out
}

func (r rel) filter(keep func(row []any) any) rel {
	out := rel{r.names, r.kinds, nil}
	for _, row := range r.rows {
		if keep(row) == true {
			out.rows = append(out.rows, row)
		}
	}
	return out
}

// with adds a column, or replaces the one of that name.
func (r rel) with(name string, kind byte, f func(row []any) any) rel {
	at := r.index(name)
	out := rel{slices.Clone(r.names), r.kinds, nil}
	if at < 0 {
		at, out.names, out.kinds = len(r.names), append(out.names, name), r.kinds+string(kind)
	} else {
		out.kinds = r.kinds[:at] + string(kind) + r.kinds[at+1:]
	}
	for _, row := range r.rows {
		made := append(slices.Clone(row), nil)[:len(out.names)]
		made[at] = f(row)
		out.rows = append(out.rows, made)
	}
	return out
}

func (r rel) project(names []string) rel {
	out := rel{names: names}
	var at []int
	for _, n := range names {
		i := r.index(n)
		at, out.kinds = append(at, i), out.kinds+string(r.kinds[i])
	}
	for _, row := range r.rows {
		made := make([]any, len(at))
		for k, i := range at {
			made[k] = row[i]
		}
		out.rows = append(out.rows, made)
	}
	return out
}

func (r rel) head(n int) rel {
	r.rows = r.rows[:min(n, len(r.rows))]
	return r
}

// compareValues orders two values of one kind, neither nil.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return cmp.Compare(a, b.(string))
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

type naiveKey struct {
	column            string
	desc, nullsBefore bool
}

func (r rel) sort(keys []naiveKey) rel {
	rows := slices.Clone(r.rows)
	slices.SortStableFunc(rows, func(a, b []any) int {
		for _, k := range keys {
			x, y := a[r.index(k.column)], b[r.index(k.column)]
			c := 0
			switch {
			case x == nil && y == nil:
			case x == nil || y == nil:
				if c = 1; (x == nil) == k.nullsBefore {
					c = -1
				}
			default:
				if c = compareValues(x, y); k.desc {
					c = -c
				}
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return rel{r.names, r.kinds, rows}
}

// join pairs rows; the names say what the columns of the result are called.
func (r rel) join(right rel, kind JoinKind, lk, rk string) rel {
	out := rel{slices.Clone(r.names), r.kinds, nil}
	var take []int // columns of the right
	if kind != Semi && kind != Anti {
		for i, n := range right.names {
			if n == rk {
				continue
			}
			if r.index(n) >= 0 {
				n += "_right"
			}
			take, out.names, out.kinds = append(take, i), append(out.names, n), out.kinds+string(right.kinds[i])
		}
	}
	pair := func(l, p []any) []any {
		row := slices.Clone(l)
		for _, i := range take {
			var v any
			if p != nil {
				v = p[i]
			}
			row = append(row, v)
		}
		return row
	}
	used := make([]bool, len(right.rows))
	for _, l := range r.rows {
		found := false
		for k, p := range right.rows {
			if v := l[r.index(lk)]; v == nil || v != p[right.index(rk)] {
				continue
			}
			if found = true; kind == Semi || kind == Anti {
				break
			}
			used[k] = true
			out.rows = append(out.rows, pair(l, p))
		}
		if kind == Semi && found || kind == Anti && !found || !found && (kind == Left || kind == Full) {
			out.rows = append(out.rows, pair(l, nil))
		}
	}
	for k, p := range right.rows {
		if (kind == Right || kind == Full) && !used[k] {
			l := make([]any, len(r.names))
			l[r.index(lk)] = p[right.index(rk)]
			out.rows = append(out.rows, pair(l, p))
		}
	}
	return out
}

// A naiveAgg is an aggregate of one column, over its values that are not null.
type naiveAgg struct {
	kind, column, as string
}

func (r rel) group(keys []string, aggs []naiveAgg) rel {
	out := r.project(keys)
	out.rows = nil
	var groups [][][]any
	seen := map[string]int{}
	for i, k := range r.project(keys).rows {
		id, ok := seen[fmt.Sprintf("%T%v", k, k)]
		if !ok {
			id = len(groups)
			seen[fmt.Sprintf("%T%v", k, k)] = id
			groups, out.rows = append(groups, nil), append(out.rows, k)
		}
		groups[id] = append(groups[id], r.rows[i])
	}
	if len(keys) == 0 && len(groups) == 0 {
		groups, out.rows = [][][]any{nil}, [][]any{{}}
	}
	out.names = slices.Clone(keys)
	for _, a := range aggs {
		out.names = append(out.names, a.as)
		kind := byte('i')
		if a.column != "" {
			kind = a.yields(r.kinds[r.index(a.column)])
		}
		out.kinds += string(kind)
		for i := range out.rows {
			out.rows[i] = append(out.rows[i], a.of(r, groups[i]))
		}
	}
	return out
}

func (a naiveAgg) yields(kind byte) byte {
	switch a.kind {
	case "count", "distinct":
		return 'i'
	case "mean":
		return 'f'
	}
	return kind
}

func (a naiveAgg) of(r rel, rows [][]any) any {
	if a.kind == "rows" {
		return int64(len(rows))
	}
	var vs []any
	sum, isum := 0.0, int64(0)
	different := map[any]bool{}
	for _, row := range rows {
		v := row[r.index(a.column)]
		switch x := v.(type) {
		case nil:
			continue
		case int64:
			sum, isum = sum+float64(x), isum+x
		case float64:
			sum += x
		}
		vs, different[v] = append(vs, v), true
	}
	switch {
	case a.kind == "count":
		return int64(len(vs))
	case a.kind == "distinct":
		return int64(len(different))
	case len(vs) == 0:
		return nil
	}
	switch a.kind {
	case "first":
		return vs[0]
	case "last":
		return vs[len(vs)-1]
	case "min":
		return slices.MinFunc(vs, compareValues)
	case "max":
		return slices.MaxFunc(vs, compareValues)
	case "mean":
		return sum / float64(len(vs))
	case "sum":
		if _, ok := vs[0].(int64); ok {
			return isum
		}
		return sum
	}
	panic("no aggregate " + a.kind)
}

// text shows the rows, one a line; floats to nine digits, since the order of
// their sums is the engine's own.
func (r rel) text() string {
	var b strings.Builder
	for _, row := range r.rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte('|')
			}
			if f, ok := v.(float64); ok {
				v = fmt.Sprintf("%.9g", f+0) // no -0
			}
			fmt.Fprint(&b, v)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
