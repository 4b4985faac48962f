package table

import (
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Windows returns t with a column more for each window function of spec. Its rows
// stay in order, and its columns share t's memory. Errors are those of
// [WindowSpec.Schema], ErrOverflow for an integer sum, or as in Take.
func Windows(mem memory.Allocator, t *kernels.Table, spec WindowSpec) (*kernels.Table, error) {
	schema, err := spec.Schema(t.Schema())
	if err != nil {
		return nil, err
	}
	if !spec.ordered() {
		spec.Order = SortSpec{}
	}
	a, err := arrange(mem, t, spec)
	if err != nil {
		return nil, err
	}
	defer a.release()
	cols := make([]arrow.Array, 0, schema.NumFields())
	defer func() { releaseAll(cols) }()
	for _, col := range t.Record().Columns() {
		col.Retain()
		cols = append(cols, col)
	}
	wholes, err := a.wholes(spec)
	if err != nil {
		return nil, err
	}
	defer func() { releaseAll(wholes) }()
	for _, w := range spec.Windows {
		if w.Kind == Whole {
			cols, wholes = append(cols, wholes[0]), wholes[1:]
			continue
		}
		col, err := a.column(w)
		if err != nil {
			return nil, fmt.Errorf("table: %v as %q: %w", w.Kind, w.Name(), err)
		}
		cols = append(cols, col)
	}
	return kernels.NewTable(schema, cols, t.NumRows())
}

// WindowsAll is Windows of the rows of all tables, one after the other.
func WindowsAll(mem memory.Allocator, spec WindowSpec, tables ...*kernels.Table) (*kernels.Table, error) {
	all, err := Concat(mem, withRows(tables)...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	return Windows(mem, all, spec)
}

// An arrangement is the rows of a table, group by group, in each in order. The
// columns that it makes are in the order of the table: what is found out about the
// row at place i of the arrangement is written to place rows[i].
type arrangement struct {
	mem     memory.Allocator
	table   *kernels.Table
	ids     scratch  // the group of each row
	rows    []uint32 // group g is starts[g] to starts[g+1] of these
	starts  []uint32
	words   [][]uint64  // of the order, as compareRows takes them
	sorted  scratch     // what rows are in, if there is an order
	counted wordScratch // what words are in
}

func (a *arrangement) release() {
	a.ids.release()
	a.sorted.release()
	a.counted.release()
}

// arrange finds the groups of spec and their order.
func arrange(mem memory.Allocator, t *kernels.Table, spec WindowSpec) (*arrangement, error) {
	keys, err := keyColumns("window", t, spec.Keys)
	if err != nil {
		return nil, err
	}
	order, err := keyColumns("order of window", t, spec.Order.columns())
	if err != nil {
		return nil, err
	}
	a := &arrangement{mem: mem, table: t, ids: newScratch(mem, t.NumRows()), counted: wordScratch{mem: mem}}
	numbers := newNumbering(mem, keys, t.NumRows())
	var batch [batchSize]uint32
	for start := 0; start < t.NumRows(); start += batchSize {
		n := min(batchSize, t.NumRows()-start)
		copy(a.ids.rows[start:], numbers.next(batch[:], start, n))
	}
	groups := len(numbers.firsts())
	numbers.release()
	a.starts, a.rows = groupRows(a.ids.rows, groups)
	if len(order) == 0 {
		return a, nil
	}
	a.words = orderWords(&a.counted, order, spec.Order.Keys)
	a.sorted = orderRows(mem, a.groupsFirst(groups), t.NumRows())
	a.rows = a.sorted.rows
	return a, nil
}

// groupsFirst returns words that order by groups, and within each as a.words do.
func (a *arrangement) groupsFirst(groups int) [][]uint64 {
	if groups < 2 {
		return a.words
	}
	first, width, rest := make([]uint64, len(a.ids.rows)), 64, a.words
	if len(a.words) > 0 {
		var seen uint64
		for _, w := range a.words[0] {
			seen |= w
		}
		width = bits.Len64(seen)
	}
	if len(a.words) > 0 && width+bits.Len(uint(groups-1)) <= 64 { // both fit one word
		rest = a.words[1:]
		for i, id := range a.ids.rows {
			first[i] = uint64(id)<<width | a.words[0][i]
		}
	} else {
		for i, id := range a.ids.rows {
			first[i] = uint64(id)
		}
	}
	return append([][]uint64{first}, rest...)
}

// groups calls f with the rows of each group, in order.
func (a *arrangement) groups(f func(rows []uint32)) {
	for g := 1; g < len(a.starts); g++ {
		f(a.rows[a.starts[g-1]:a.starts[g]])
	}
}

// column makes the column of one function that is no Whole.
func (a *arrangement) column(w Window) (arrow.Array, error) {
	if w.Kind == RowNumber || w.Kind.ranks() {
		return a.ranks(w.Kind), nil
	}
	at, err := a.table.ColumnIndex(w.Column)
	if err != nil {
		return nil, err
	}
	col := a.table.Column(at)
	switch w.Kind {
	case Lag, Lead:
		return a.shift(col, w)
	case CumCount:
		return a.cumCount(col), nil
	case CumMin, CumMax:
		return a.cumExtreme(col, w.Kind == CumMax)
	case RollingMin, RollingMax:
		return a.rollExtreme(col, w)
	}
	if arrow.IsFloating(col.DataType().ID()) {
		return a.floatSums(col, w), nil
	}
	return a.intSums(col, w)
}

// picked returns the values of col at the given row for each row, null for noRow.
func (a *arrangement) picked(col arrow.Array, rows []uint32) (arrow.Array, error) {
	p := newPicking(a.mem, rows, true)
	defer p.release()
	return p.column(col)
}

// wholes makes the columns of all Whole functions: the groups are aggregated, in
// their order if there is one, and each row gets what its group has.
func (a *arrangement) wholes(spec WindowSpec) ([]arrow.Array, error) {
	aggs := AggSpec{Keys: spec.Keys}
	for _, w := range spec.Windows {
		if w.Kind == Whole {
			agg := w.Agg
			agg.As = fmt.Sprintf("#%d", len(aggs.Aggs))
			aggs.Aggs = append(aggs.Aggs, agg)
		}
	}
	if len(aggs.Aggs) == 0 {
		return nil, nil
	}
	in, err := a.table.Project(aggs.Columns()...)
	if err != nil {
		return nil, err
	}
	defer func() { in.Release() }()
	if aggs.ordered() && len(spec.Order.Keys) > 0 {
		sorted, err := pickRows(a.mem, in, a.rows)
		if err != nil {
			return nil, err
		}
		in.Release()
		in = sorted
	}
	groups, err := GroupBy(a.mem, in, aggs)
	if err != nil {
		return nil, err
	}
	defer groups.Release()
	n := len(spec.Keys)
	return newPicking(a.mem, a.ids.rows, false).columns(groups.Schema().Fields()[n:], groups.Record().Columns()[n:])
}

// ordered says whether some function depends on the order.
func (s WindowSpec) ordered() bool {
	for _, w := range s.Windows {
		if w.Kind != Whole || (AggSpec{Aggs: []Agg{w.Agg}}).ordered() {
			return true
		}
	}
	return false
}

// ordered says whether the order of rows decides what some aggregate is.
func (s AggSpec) ordered() bool {
	for _, a := range s.Aggs {
		switch a.Kind {
		case First, Last, List:
			return true
		}
	}
	return false
}
