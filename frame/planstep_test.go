package frame

import (
	"fmt"

	"pgregory.net/rapid"
)

// step draws one operation. Those that the columns at hand do not allow are
// drawn again as a head.
func (w *world) step() {
	steps := []func() bool{
		w.filterStep, w.filterStep, w.withStep, w.withStep, w.selectStep, w.renameStep, w.dropStep,
		w.groupStep, w.groupStep, w.joinStep, w.joinStep, w.sortStep, w.concatStep, w.headStep,
		w.crossStep, w.asofStep, w.windowStep, w.uniqueStep, w.nullsStep,
	}
	if len(w.rel.rows) > 300 || !pick(w, steps)() {
		w.headStep()
	}
}

func (w *world) headStep() bool {
	n := rapid.IntRange(0, 12).Draw(w.t, "head")
	w.apply(fmt.Sprintf("head %d", n), func(_ int, f *Frame) *Frame { return f.Head(n) }, w.rel.head(n))
	return true
}

func (w *world) filterStep() bool {
	e, f := w.predicate(2)
	w.apply("filter "+e.String(), func(_ int, fr *Frame) *Frame { return fr.Filter(e) }, w.rel.filter(f))
	return true
}

// predicate draws a condition as an expression and as a function of a row,
// which returns true, false or nil.
func (w *world) predicate(depth int) (Expr, func(row []any) any) {
	if depth > 0 && rapid.Bool().Draw(w.t, "compound") {
		a, fa := w.predicate(depth - 1)
		switch rapid.IntRange(0, 2).Draw(w.t, "logic") {
		case 0:
			return a.Not(), func(row []any) any {
				if v := fa(row); v != nil {
					return !v.(bool)
				}
				return nil
			}
		case 1:
			b, fb := w.predicate(depth - 1)
			return a.And(b), func(row []any) any { return kleene(fa(row), fb(row), false) }
		default:
			b, fb := w.predicate(depth - 1)
			return a.Or(b), func(row []any) any { return kleene(fa(row), fb(row), true) }
		}
	}
	return w.comparison()
}

// kleene is AND, or OR where strong is true.
func kleene(a, b any, strong bool) any {
	switch {
	case a == strong || b == strong:
		return strong
	case a == nil || b == nil:
		return nil
	}
	return !strong
}

func (w *world) comparison() (Expr, func(row []any) any) {
	cols := w.rel.of("ifs")
	if len(cols) == 0 {
		return Lit(1).Lt(2), func([]any) any { return true }
	}
	name := pick(w, cols)
	at := w.rel.index(name)
	if rapid.IntRange(0, 4).Draw(w.t, "isnull") == 0 {
		return Col(name).IsNull(), func(row []any) any { return row[at] == nil }
	}
	var v any
	for v == nil {
		v = w.value(w.rel.kinds[at])
	}
	e, holds := compared(Col(name), pick(w, []string{"eq", "ne", "lt", "le", "gt", "ge"}), v)
	return e, func(row []any) any {
		if row[at] == nil {
			return nil
		}
		return holds(compareValues(row[at], v))
	}
}

func compared(x Expr, op string, v any) (Expr, func(c int) bool) {
	switch op {
	case "eq":
		return x.Eq(v), func(c int) bool { return c == 0 }
	case "ne":
		return x.Ne(v), func(c int) bool { return c != 0 }
	case "lt":
		return x.Lt(v), func(c int) bool { return c < 0 }
	case "le":
		return x.Le(v), func(c int) bool { return c <= 0 }
	case "gt":
		return x.Gt(v), func(c int) bool { return c > 0 }
	}
	return x.Ge(v), func(c int) bool { return c >= 0 }
}

// withStep adds or replaces a column.
func (w *world) withStep() bool {
	cols := w.rel.of("ifs")
	if len(cols) == 0 {
		return false
	}
	from := pick(w, cols)
	at := w.rel.index(from)
	kind := w.rel.kinds[at]
	name := w.name()
	if rapid.Bool().Draw(w.t, "replace") {
		name = pick(w, w.rel.names)
	}
	e := Col(from)
	var f func(row []any) any
	switch rapid.IntRange(0, 2).Draw(w.t, "with") {
	case 0:
		switch kind {
		case 'i':
			e, f = e.Add(1), func(row []any) any { return onInt(row[at], func(n int64) any { return n + 1 }) }
		case 'f':
			e, f = e.Mul(0.5), func(row []any) any {
				if row[at] == nil {
					return nil
				}
				return row[at].(float64) / 2
			}
		default:
			e, kind = e.Length(), 'i'
			f = func(row []any) any {
				if row[at] == nil {
					return nil
				}
				return int64(len([]rune(row[at].(string))))
			}
		}
	case 1:
		var v any
		for v == nil {
			v = w.value(kind)
		}
		e, f = e.FillNull(v), func(row []any) any {
			if row[at] == nil {
				return v
			}
			return row[at]
		}
	default:
		cond, holds := w.predicate(1)
		e, kind = When(cond, 1, 2), 'i'
		f = func(row []any) any {
			if holds(row) == true {
				return int64(1)
			}
			return int64(2)
		}
	}
	w.apply(fmt.Sprintf("with %v as %s", e, name), func(_ int, fr *Frame) *Frame { return fr.With(e.As(name)) }, w.rel.with(name, kind, f))
	return true
}

func onInt(v any, f func(int64) any) any {
	if v == nil {
		return nil
	}
	return f(v.(int64))
}

func (w *world) selectStep() bool {
	names := w.some(w.rel.names)
	cols := make([]any, len(names))
	for i, n := range names {
		cols[i] = n
	}
	w.apply(fmt.Sprint("select ", names), func(_ int, f *Frame) *Frame { return f.Select(cols...) }, w.rel.project(names))
	return true
}

func (w *world) dropStep() bool {
	gone := w.some(w.rel.names)
	var keep []string
	for _, n := range w.rel.names {
		if !contains(gone, n) {
			keep = append(keep, n)
		}
	}
	if len(keep) == 0 {
		return false
	}
	w.apply(fmt.Sprint("drop ", gone), func(_ int, f *Frame) *Frame { return f.Drop(gone...) }, w.rel.project(keep))
	return true
}

func (w *world) renameStep() bool {
	from, to := pick(w, w.rel.names), w.name()
	r := w.rel.project(append([]string{}, w.rel.names...))
	r.names[r.index(from)] = to
	w.apply("rename "+from+" to "+to, func(_ int, f *Frame) *Frame { return f.Rename(from, to) }, r)
	return true
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
