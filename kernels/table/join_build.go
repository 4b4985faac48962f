package table

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

// Built is the right side of joins, made once and probed by any number of left
// tables, also at the same time.
type Built struct {
	table  *kernels.Table
	keys   []string
	index  *keyTable
	starts []uint32 // the rows of key k are rows[starts[k]:starts[k+1]]
	rows   []uint32
	unique bool // no key has two rows
}

// Build prepares t to be the right side of joins on the given keys, and retains
// it. Errors wrap ErrSpec, kernels.ErrColumn or ErrType.
func Build(t *kernels.Table, keys []string) (*Built, error) {
	if len(keys) == 0 {
		return nil, refuse("join without keys: give at least one column of the right side")
	}
	cols, err := keyColumns("join, right side", t, keys)
	if err != nil {
		return nil, err
	}
	b := &Built{table: t, keys: slices.Clone(keys), index: newKeyTable(cols, true)}
	ids := make([]uint32, t.NumRows())
	for start := 0; start < len(ids); start += batchSize {
		b.index.add(ids[start:min(start+batchSize, len(ids))], start)
	}
	b.starts, b.rows = groupRows(ids, b.index.size())
	b.unique = len(b.rows) == b.index.size()
	t.Retain()
	return b, nil
}

// Table returns the table that was built from; it lives as long as b.
func (b *Built) Table() *kernels.Table { return b.table }

// Keys is how many distinct keys without nulls there are.
func (b *Built) Keys() int { return b.index.size() }

// Release drops the reference to the table. b must not be used afterwards.
func (b *Built) Release() { b.table.Release() }

// find returns the number of the key of each row of a probing table.
func (b *Built) find(cols []arrow.Array, rows int) []uint32 {
	ids := make([]uint32, rows)
	look := b.index.lookup(cols)
	for start := 0; start < rows; start += batchSize {
		look(ids[start:min(start+batchSize, rows)], start)
	}
	return ids
}

// matches is how many right rows have key id, or 0 for noCode.
func (b *Built) matches(id uint32) int {
	if id == noCode {
		return 0
	}
	return int(b.starts[id+1] - b.starts[id])
}
