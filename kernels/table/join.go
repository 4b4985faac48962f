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
	b, err := Build(right, spec.RightKeys)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return b.Probe(mem, left, spec)
}

// Probe joins left to the built side. The result has left's rows in order, and
// for each its partners in the order of the right; Right and Full add the right
// rows without a partner behind them, so with these a built side must be probed
// once, with all of the left that could match. spec.RightKeys must be the keys
// built on. Errors are those of [JoinSpec.Schema], or as in Take.
func (b *Built) Probe(mem memory.Allocator, left *kernels.Table, spec JoinSpec) (*kernels.Table, error) {
	if !slices.Equal(spec.RightKeys, b.keys) {
		return nil, refuse("join by right keys %q with a side built on %q", spec.RightKeys, b.keys)
	}
	schema, err := spec.Schema(left.Schema(), b.table.Schema())
	if err != nil {
		return nil, err
	}
	cols, err := keyColumns("join, left side", left, spec.LeftKeys)
	if err != nil {
		return nil, err
	}
	ids := b.find(cols, left.NumRows())
	switch spec.Kind {
	case Semi, Anti:
		return b.keep(mem, left, ids, spec.Kind == Semi)
	case Right, Full:
		return b.outer(mem, left, ids, spec, schema)
	}
	leftRows, rightRows, err := b.pair(ids, spec.Kind == Left)
	if err != nil {
		return nil, err
	}
	return b.combine(mem, left, leftRows, rightRows, spec, schema)
}

// keep returns the left rows that have a partner, or those that have none.
func (b *Built) keep(mem memory.Allocator, left *kernels.Table, ids []uint32, partnered bool) (*kernels.Table, error) {
	rows := make([]uint32, 0, len(ids))
	for i, id := range ids {
		if (id != noCode) == partnered {
			rows = append(rows, uint32(i))
		}
	}
	if len(rows) == left.NumRows() {
		left.Retain()
		return left, nil
	}
	return takeRows(mem, left, rows)
}

// pair lists the pairs of rows; a left row without a partner has noRow for one
// if outer, else it is left out. leftRows is nil when it would be 0, 1, 2 ….
func (b *Built) pair(ids []uint32, outer bool) (leftRows, rightRows []uint32, err error) {
	total, single := 0, true
	for _, id := range ids {
		n := b.matches(id)
		if n == 0 && outer {
			n = 1
		}
		total += n
		single = single && n == 1
	}
	if total > maxRows {
		return nil, nil, fmt.Errorf("%w: join of %d by %d rows yields %d, of %d at most: use smaller partitions",
			ErrOverflow, len(ids), b.table.NumRows(), total, maxRows)
	}
	rightRows = make([]uint32, 0, total)
	if single {
		for _, id := range ids {
			if id == noCode {
				rightRows = append(rightRows, noRow)
			} else {
				rightRows = append(rightRows, b.rows[b.starts[id]])
			}
		}
		return nil, rightRows, nil
	}
	leftRows = make([]uint32, 0, total)
	for i, id := range ids {
		if id == noCode {
			if outer {
				leftRows, rightRows = append(leftRows, uint32(i)), append(rightRows, noRow)
			}
			continue
		}
		partners := b.rows[b.starts[id]:b.starts[id+1]]
		rightRows = append(rightRows, partners...)
		for range partners {
			leftRows = append(leftRows, uint32(i))
		}
	}
	return leftRows, rightRows, nil
}

// combine takes both sides of the pairs; nil leftRows are all of left.
func (b *Built) combine(mem memory.Allocator, left *kernels.Table, leftRows, rightRows []uint32, spec JoinSpec, schema *arrow.Schema) (*kernels.Table, error) {
	cols := make([]arrow.Array, 0, schema.NumFields())
	defer func() { releaseAll(cols) }()
	if leftRows == nil {
		for _, col := range left.Record().Columns() {
			col.Retain()
			cols = append(cols, col)
		}
	} else {
		taken, err := takeColumns(mem, left.Schema().Fields(), left.Record().Columns(), leftRows)
		if err != nil {
			return nil, err
		}
		cols = append(cols, taken...)
	}
	for _, at := range spec.rightColumns(b.table.Schema()) {
		col, err := takeColumn(mem, b.table.Column(at), rightRows)
		if err != nil {
			return nil, fmt.Errorf("%w (column %q)", err, b.table.Schema().Field(at).Name)
		}
		cols = append(cols, col)
	}
	return kernels.NewTable(schema, cols, len(rightRows))
}

// outer joins and then adds the right rows without a partner.
func (b *Built) outer(mem memory.Allocator, left *kernels.Table, ids []uint32, spec JoinSpec, schema *arrow.Schema) (*kernels.Table, error) {
	leftRows, rightRows, err := b.pair(ids, spec.Kind == Full)
	if err != nil {
		return nil, err
	}
	pairs, err := b.combine(mem, left, leftRows, rightRows, spec, schema)
	if err != nil {
		return nil, err
	}
	defer pairs.Release()
	alone := b.unmatched(ids)
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

// unmatched lists the right rows whose key no left row has, those with a null
// in it among them.
func (b *Built) unmatched(ids []uint32) []uint32 {
	matched := make([]bool, b.table.NumRows())
	done := make([]bool, b.index.size())
	for _, id := range ids {
		if id != noCode && !done[id] {
			done[id] = true
			for _, row := range b.rows[b.starts[id]:b.starts[id+1]] {
				matched[row] = true
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
