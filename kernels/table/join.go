package table

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Join is Build and Probe in one.
func Join(mem memory.Allocator, left, right *kernels.Table, spec JoinSpec) (*kernels.Table, error) {
	if _, err := spec.Schema(left.Schema(), right.Schema()); err != nil {
		return nil, err
	}
	b, err := Build(mem, right, spec.RightKeys)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return b.Probe(mem, left, spec)
}

// JoinAll is Join of the rows of all left tables with those of all right ones.
func JoinAll(mem memory.Allocator, lefts, rights []*kernels.Table, spec JoinSpec) (*kernels.Table, error) {
	lefts, rights = withRows(lefts), withRows(rights)
	if len(lefts) == 0 || len(rights) == 0 {
		return nil, fmt.Errorf("%w: join of %d tables with %d: there is no telling what columns they have", ErrSchema, len(lefts), len(rights))
	}
	if _, err := spec.Schema(lefts[0].Schema(), rights[0].Schema()); err != nil {
		return nil, err
	}
	right, err := Concat(mem, rights...)
	if err != nil {
		return nil, err
	}
	defer right.Release()
	b, err := Build(mem, right, spec.RightKeys)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return b.probeAll(mem, lefts, spec)
}

// Probe joins left to the built side. The result has left's rows in order, and
// for each its partners in the order of the right; Right and Full add the right
// rows without a partner behind them, so with these a built side must be probed
// once, with all of the left that could match. spec.RightKeys must be the keys
// built on. Errors are those of [JoinSpec.Schema], or as in Take.
func (b *Built) Probe(mem memory.Allocator, left *kernels.Table, spec JoinSpec) (*kernels.Table, error) {
	return b.probeAll(mem, []*kernels.Table{left}, spec)
}

// probeAll is Probe of the rows of all lefts, one after the other.
func (b *Built) probeAll(mem memory.Allocator, lefts []*kernels.Table, spec JoinSpec) (*kernels.Table, error) {
	if !slices.Equal(spec.RightKeys, b.keys) {
		return nil, refuse("join by right keys %q with a side built on %q", spec.RightKeys, b.keys)
	}
	if spec.Kind == Inner && b.unique {
		return b.probeKept(mem, lefts, spec)
	}
	left, err := Concat(mem, lefts...)
	if err != nil {
		return nil, err
	}
	defer left.Release()
	schema, err := spec.Schema(left.Schema(), b.table.Schema())
	if err != nil {
		return nil, err
	}
	cols, err := keyColumns("join, left side", left, spec.LeftKeys)
	if err != nil {
		return nil, err
	}
	switch spec.Kind {
	case Semi, Anti:
		return b.keep(mem, left, cols, spec.Kind == Semi)
	case Right, Full:
		return b.outer(mem, left, cols, spec, schema)
	}
	p, err := b.pair(mem, cols, left.NumRows(), spec.Kind == Left, nil)
	if err != nil {
		return nil, err
	}
	defer p.release()
	return b.combine(mem, left, p, spec, schema)
}

// keep returns the left rows that have a partner, or those that have none.
func (b *Built) keep(mem memory.Allocator, left *kernels.Table, cols []arrow.Array, partnered bool) (*kernels.Table, error) {
	kept := newScratch(mem, left.NumRows())
	defer kept.release()
	find, n := b.index.lookup(cols), 0
	var batch [batchSize]uint32
	for start := 0; start < left.NumRows(); start += batchSize {
		ids := batch[:min(batchSize, left.NumRows()-start)]
		find(ids, start)
		for i, id := range ids {
			if (id != noCode) == partnered {
				kept.rows[n] = uint32(start + i)
				n++
			}
		}
	}
	if n == left.NumRows() {
		left.Retain()
		return left, nil
	}
	return pickRows(mem, left, kept.rows[:n])
}

// pickRows returns the given rows of t, which exist.
func pickRows(mem memory.Allocator, t *kernels.Table, rows []uint32) (*kernels.Table, error) {
	cols, err := newPicking(mem, rows, false).columns(t.Schema().Fields(), t.Record().Columns())
	if err != nil {
		return nil, err
	}
	defer releaseAll(cols)
	return kernels.NewTable(t.Schema(), cols, len(rows))
}

// combine takes both sides of the pairs.
func (b *Built) combine(mem memory.Allocator, left *kernels.Table, p *pairs, spec JoinSpec, schema *arrow.Schema) (*kernels.Table, error) {
	cols := make([]arrow.Array, 0, schema.NumFields())
	defer func() { releaseAll(cols) }()
	if p.whole {
		for _, col := range left.Record().Columns() {
			col.Retain()
			cols = append(cols, col)
		}
	} else {
		taken, err := newPicking(mem, p.left, false).columns(left.Schema().Fields(), left.Record().Columns())
		if err != nil {
			return nil, err
		}
		cols = append(cols, taken...)
	}
	cols, err := b.partnerColumns(cols, newPicking(mem, p.right, p.gaps), spec)
	if err != nil {
		return nil, err
	}
	return kernels.NewTable(schema, cols, len(p.right))
}

// outer joins and then adds the right rows without a partner.
func (b *Built) outer(mem memory.Allocator, left *kernels.Table, cols []arrow.Array, spec JoinSpec, schema *arrow.Schema) (*kernels.Table, error) {
	met := make([]bool, b.index.size())
	p, err := b.pair(mem, cols, left.NumRows(), spec.Kind == Full, func(ids []uint32) {
		for _, id := range ids {
			if id != noCode {
				met[id] = true
			}
		}
	})
	if err != nil {
		return nil, err
	}
	defer p.release()
	pairs, err := b.combine(mem, left, p, spec, schema)
	if err != nil {
		return nil, err
	}
	defer pairs.Release()
	alone := b.unmatched(met)
	if len(alone) == 0 {
		pairs.Retain()
		return pairs, nil
	}
	rest, err := b.lonely(mem, left, alone, spec, schema)
	if err != nil {
		return nil, err
	}
	defer rest.Release()
	return Concat(mem, pairs, rest)
}

// unmatched lists the right rows whose key was not met, those with a null in it
// among them.
func (b *Built) unmatched(met []bool) []uint32 {
	matched := met
	if b.rows != nil {
		matched = make([]bool, b.table.NumRows())
		for id, was := range met {
			if was {
				for _, row := range b.partners(uint32(id)) {
					matched[row] = true
				}
			}
		}
	}
	var alone []uint32
	for row, m := range matched {
		if !m {
			alone = append(alone, uint32(row))
		}
	}
	return alone
}

// lonely makes result rows of right rows alone: left columns are null, but the
// keys, which come from the right.
func (b *Built) lonely(mem memory.Allocator, left *kernels.Table, alone []uint32, spec JoinSpec, schema *arrow.Schema) (*kernels.Table, error) {
	cols := make([]arrow.Array, 0, schema.NumFields())
	defer func() { releaseAll(cols) }()
	none := slices.Repeat([]uint32{noRow}, len(alone))
	take := func(col arrow.Array, rows []uint32) error {
		taken, err := takeColumn(mem, col, rows)
		if err == nil {
			cols = append(cols, taken)
		}
		return err
	}
	for i, f := range left.Schema().Fields() {
		col, rows := left.Column(i), none
		if k := slices.Index(spec.LeftKeys, f.Name); k >= 0 {
			at, _ := b.table.ColumnIndex(spec.RightKeys[k])
			col, rows = b.table.Column(at), alone
		}
		if err := take(col, rows); err != nil {
			return nil, fmt.Errorf("%w (column %q)", err, f.Name)
		}
	}
	for _, at := range spec.rightColumns(b.table.Schema()) {
		if err := take(b.table.Column(at), alone); err != nil {
			return nil, fmt.Errorf("%w (column %q)", err, b.table.Schema().Field(at).Name)
		}
	}
	return kernels.NewTable(schema, cols, len(alone))
}
