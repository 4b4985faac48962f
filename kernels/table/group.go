package table

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// GroupBy aggregates one table: Partial, then Finish. Groups come in order of
// first appearance.
func GroupBy(mem memory.Allocator, t *kernels.Table, spec AggSpec) (*kernels.Table, error) {
	states, err := Partial(mem, t, spec)
	if err != nil {
		return nil, err
	}
	defer states.Release()
	return Finish(mem, states, spec)
}

// GroupTables is GroupBy of the rows of all tables, one after the other.
func GroupTables(mem memory.Allocator, spec AggSpec, tables ...*kernels.Table) (*kernels.Table, error) {
	all, err := Concat(mem, tables...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	return GroupBy(mem, all, spec)
}

// Partial aggregates one table into states, one row a group: the keys, then the
// columns of the aggregates' states, whose form is this package's own. States of
// several tables join in Merge and become results in Finish.
//
// Errors are those of [AggSpec.Schema], ErrOverflow for an integer sum, or as in
// Take.
func Partial(mem memory.Allocator, t *kernels.Table, spec AggSpec) (*kernels.Table, error) {
	if _, err := spec.Schema(t.Schema()); err != nil {
		return nil, err
	}
	g := &grouping{mem: mem, spec: spec, input: t}
	for _, a := range spec.Aggs {
		var col, other arrow.Array
		if a.Kind != CountStar {
			at, _ := t.ColumnIndex(a.Column)
			col = t.Column(at)
		}
		if a.Kind.isPair() {
			at, _ := t.ColumnIndex(a.Other)
			other = t.Column(at)
		}
		g.accs = append(g.accs, a.accumulate(mem, col, other))
	}
	return g.run()
}

// Merge joins states that Partial or Merge made for the same spec over tables of
// the same schema. The order of the arguments decides the order of the groups,
// what First and Last mean, and how float sums round; nothing else does.
// Errors wrap ErrSchema for tables that are no such states, or are as in Partial.
func Merge(mem memory.Allocator, spec AggSpec, states ...*kernels.Table) (*kernels.Table, error) {
	all, err := Concat(mem, states...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	if err := spec.checkStates(all); err != nil {
		return nil, err
	}
	g := &grouping{mem: mem, spec: spec, input: all}
	at := len(spec.Keys)
	for _, a := range spec.Aggs {
		n := len(a.Kind.parts())
		g.accs = append(g.accs, a.merge(mem, all.Record().Columns()[at:at+n]))
		at += n
	}
	return g.run()
}

// Finish turns states into the results of [AggSpec.Schema], sharing what memory
// it can. Errors wrap ErrSchema for a table that is no states of spec.
func Finish(mem memory.Allocator, states *kernels.Table, spec AggSpec) (*kernels.Table, error) {
	if err := spec.checkStates(states); err != nil {
		return nil, err
	}
	fields := append([]arrow.Field(nil), states.Schema().Fields()[:len(spec.Keys)]...)
	cols := make([]arrow.Array, 0, len(spec.Keys)+len(spec.Aggs))
	defer func() { releaseAll(cols) }()
	for i := range spec.Keys {
		states.Column(i).Retain()
		cols = append(cols, states.Column(i))
	}
	at := len(spec.Keys)
	for _, a := range spec.Aggs {
		n := len(a.Kind.parts())
		col := a.finish(mem, states.Record().Columns()[at:at+n])
		fields = append(fields, arrow.Field{Name: a.Name(), Type: col.DataType(), Nullable: true})
		cols = append(cols, col)
		at += n
	}
	return kernels.NewTable(arrow.NewSchema(fields, nil), cols, states.NumRows())
}

// checkStates says whether t can be states of s: it has the keys, and a column
// of the right name for each part of each aggregate's state.
func (s AggSpec) checkStates(t *kernels.Table) error {
	want := append([]string(nil), s.Keys...)
	for i, a := range s.Aggs {
		if !a.Kind.known() {
			return refuse("no aggregate %v", a.Kind)
		}
		for _, part := range a.Kind.parts() {
			want = append(want, stateName(i, a.Kind, part))
		}
	}
	if t.NumColumns() != len(want) {
		return fmt.Errorf("%w: %d columns of states, the spec has %d", ErrSchema, t.NumColumns(), len(want))
	}
	for i, name := range want {
		if got := t.Schema().Field(i).Name; got != name {
			return fmt.Errorf("%w: column %d of the states is %q, the spec wants %q", ErrSchema, i, got, name)
		}
	}
	return nil
}

// stateName names one column of the state of aggregate i.
func stateName(i int, kind AggKind, part string) string {
	return fmt.Sprintf("#%d.%v.%s", i, kind, part)
}

// grouping is one pass over a table, from rows or from states.
type grouping struct {
	mem   memory.Allocator
	spec  AggSpec
	input *kernels.Table
	accs  []accumulator
}

func (g *grouping) run() (*kernels.Table, error) {
	defer func() {
		for _, acc := range g.accs {
			acc.release()
		}
	}()
	keyCols, err := keyColumns("group", g.input, g.spec.Keys)
	if err != nil {
		return nil, err
	}
	keys := g.numbering(keyCols)
	defer keys.release()
	if p, ok := keys.(*packed); ok && 4*len(p.first) > g.input.NumRows() {
		shareCounts(g.accs) // what groups of few rows save in a line, taking it apart costs
	} else {
		alignSums(g.mem, g.accs, g.input.NumRows())
	}
	groups, err := g.scan(keys)
	if err != nil {
		return nil, err
	}
	fields, _ := keyFields("group", g.input.Schema(), g.spec.Keys)
	cols, err := firstRowsOf(g.mem, fields, keyCols, keys.firsts(), g.input.NumRows())
	if err != nil {
		return nil, err
	}
	defer func() { releaseAll(cols) }()
	stateFields, states, err := g.states(groups)
	if err == nil {
		if p, ok := keys.(*places); ok {
			groups = len(p.order)
			states, err = p.pick(g.mem, stateFields, states)
		}
	}
	if err != nil {
		return nil, err
	}
	cols = append(cols, states...)
	return kernels.NewTable(arrow.NewSchema(append(fields, stateFields...), nil), cols, groups)
}

// numbering numbers the keys.
func (g *grouping) numbering(cols []arrow.Array) numbering {
	fields := keyFieldsOf(cols, g.input.NumRows())
	if !g.spec.KeepsValues() { // these would be moved once more where they are picked
		if p, ok := newPlaces(fields, g.input.NumRows()); ok {
			return p
		}
	}
	return numberingOf(g.mem, cols, fields, g.input.NumRows())
}

// states returns the columns of the states of so many groups.
func (g *grouping) states(groups int) (fields []arrow.Field, cols []arrow.Array, err error) {
	for i, acc := range g.accs {
		made, err := acc.finish(groups)
		if err != nil {
			releaseAll(cols)
			return nil, nil, fmt.Errorf("table: %v as %q: %w", g.spec.Aggs[i].Kind, g.spec.Aggs[i].Name(), err)
		}
		for k, part := range g.spec.Aggs[i].Kind.parts() {
			fields = append(fields, arrow.Field{Name: stateName(i, g.spec.Aggs[i].Kind, part), Type: made[k].DataType(), Nullable: true})
		}
		cols = append(cols, made...)
	}
	return fields, cols, nil
}

// scan feeds all rows to the accumulators and returns how many groups they have
// room for: as many as there are, or places.
func (g *grouping) scan(keys numbering) (int, error) {
	groups := 0
	if len(g.spec.Keys) == 0 {
		groups = 1
	}
	if p, ok := keys.(*places); ok {
		groups = p.width
	}
	var batch [batchSize]uint32
	for start := 0; start < g.input.NumRows(); start += batchSize {
		ids := keys.next(batch[:], start, min(batchSize, g.input.NumRows()-start))
		groups = max(groups, len(keys.firsts()))
		for i, acc := range g.accs {
			acc.grow(groups)
			if err := acc.update(ids, start); err != nil {
				a := g.spec.Aggs[i]
				return 0, fmt.Errorf("table: %v of column %q: %w", a.Kind, a.Column, err)
			}
		}
	}
	for _, acc := range g.accs {
		acc.grow(groups)
	}
	return groups, nil
}

// firstRowsOf returns the keys of the groups: the columns themselves where every
// row is a group.
func firstRowsOf(mem memory.Allocator, fields []arrow.Field, cols []arrow.Array, first []uint32, rows int) ([]arrow.Array, error) {
	if len(first) < rows || rows == 0 {
		return takeColumns(mem, fields, cols, first)
	}
	for _, col := range cols {
		col.Retain()
	}
	return slices.Clone(cols), nil
}
