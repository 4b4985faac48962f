package table

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Built is the right side of joins, made once and probed by any number of left
// tables, also at the same time.
type Built struct {
	table  *kernels.Table
	keys   []string
	index  keyIndex
	unique bool     // no key has two rows
	starts []uint32 // the rows of key k are rows[starts[k]:starts[k+1]]
	rows   []uint32 // of keys in order; nil where key k has row k alone
}

// A keyIndex numbers keys, in order of first appearance, and finds them.
type keyIndex interface {
	size() int
	// lookup returns a finder of keys that consist of one value from each of cols.
	lookup(cols []arrow.Array) finder
	release()
}

// tableIndex is the keyIndex of any columns.
type tableIndex struct{ *keyTable }

func (tableIndex) release() {}

// newKeyIndex numbers the keys of rows and writes the number of each row, noCode
// for keys with a null in them.
func newKeyIndex(mem memory.Allocator, cols []arrow.Array, ids []uint32) keyIndex {
	if len(cols) == 1 {
		if isText(cols[0].DataType()) {
			return newTextIndex(cols[0], ids)
		}
		if src, ok := wordsOf(cols[0]); ok {
			if p := newProgression(mem, src, ids); p != nil {
				return p
			}
		}
	}
	k := newKeyTable(cols, true)
	for start := 0; start < len(ids); start += batchSize {
		k.add(ids[start:min(start+batchSize, len(ids))], start)
	}
	return tableIndex{k}
}

// Build prepares t to be the right side of joins on the given keys, and retains
// it. Errors wrap ErrSpec, kernels.ErrColumn or ErrType.
func Build(mem memory.Allocator, t *kernels.Table, keys []string) (*Built, error) {
	if len(keys) == 0 {
		return nil, refuse("join without keys: give at least one column of the right side")
	}
	cols, err := keyColumns("join, right side", t, keys)
	if err != nil {
		return nil, err
	}
	ids := newScratch(mem, t.NumRows())
	defer ids.release()
	b := &Built{table: t, keys: slices.Clone(keys), index: newKeyIndex(mem, cols, ids.rows)}
	if b.index.size() == t.NumRows() { // and so no row has a null
		b.unique = true
	} else {
		b.starts, b.rows = groupRows(ids.rows, b.index.size())
		b.unique = len(b.rows) == b.index.size()
	}
	t.Retain()
	return b, nil
}

// Table returns the table that was built from; it lives as long as b.
func (b *Built) Table() *kernels.Table { return b.table }

// Keys is how many distinct keys without nulls there are.
func (b *Built) Keys() int { return b.index.size() }

// Release drops the reference to the table. b must not be used afterwards.
func (b *Built) Release() {
	b.index.release()
	b.table.Release()
}

// matches is how many right rows have key id, or 0 for noCode.
func (b *Built) matches(id uint32) int {
	switch {
	case id == noCode:
		return 0
	case b.rows == nil:
		return 1
	}
	return int(b.starts[id+1] - b.starts[id])
}

// partners are the right rows of a key, where there may be several.
func (b *Built) partners(id uint32) []uint32 { return b.rows[b.starts[id]:b.starts[id+1]] }

// rowsOfKeys turns the numbers of keys, each of which has one row, into rows.
func (b *Built) rowsOfKeys(ids []uint32) {
	if b.rows == nil {
		return
	}
	for i, id := range ids {
		if id != noCode {
			ids[i] = b.rows[id]
		}
	}
}
