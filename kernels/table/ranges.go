package table

import (
	"sort"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// PartitionRanges splits t into one more parts than bounds has rows, in order:
// bounds are rows of the columns of spec in its order, and a row goes to part p
// if p of them come before it or equal it. Rows keep their order. Where rows of
// all parts are sorted, the parts one after the other are. Errors wrap
// kernels.ErrColumn, ErrType or ErrSchema, or are as in Take.
func PartitionRanges(mem memory.Allocator, t *kernels.Table, spec SortSpec, bounds *kernels.Table) ([]*kernels.Table, error) {
	if err := spec.Check(t.Schema()); err != nil {
		return nil, err
	}
	names := make([]string, len(spec.Keys))
	for i, k := range spec.Keys {
		names[i] = k.Column
	}
	keys, err := t.Project(names...)
	if err != nil {
		return nil, err
	}
	defer keys.Release()
	edges, err := bounds.Project(names...)
	if err != nil {
		return nil, err
	}
	defer edges.Release()
	if part := rangesOfOne(mem, keys.Column(0), edges.Column(0), spec); part != nil {
		defer recycle(part)
		return rangeParts(mem, t, part, bounds.NumRows()+1)
	}
	// One table of both, so that their order is that of one set of words.
	all, err := Concat(mem, edges, keys)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	counted := wordScratch{mem: mem}
	defer counted.release()
	words := orderWords(&counted, all.Record().Columns(), spec.Keys)
	part, n := make([]uint32, t.NumRows()), bounds.NumRows()
	for row := range part {
		part[row] = uint32(sort.Search(n, func(edge int) bool { return wordsBefore(words, n+row, edge) }))
	}
	return rangeParts(mem, t, part, n+1)
}

// Bounds returns what splits rows into so many ranges with about equal many of a
// sample in each, for PartitionRanges: rows of the columns of spec. Without a
// sample they are null. Errors are as in Concat and Sort.
func Bounds(mem memory.Allocator, spec SortSpec, parts int, sample ...*kernels.Table) (*kernels.Table, error) {
	sorted, err := SortAll(mem, spec, sample...)
	if err != nil {
		return nil, err
	}
	defer sorted.Release()
	rows := make([]uint32, parts-1)
	for i := range rows {
		rows[i] = noRow
		if sorted.NumRows() > 0 {
			rows[i] = uint32((i + 1) * sorted.NumRows() / parts)
		}
	}
	return takeRows(mem, sorted, rows)
}

// wordsBefore says whether row a comes before row b.
func wordsBefore(words [][]uint64, a, b int) bool {
	for _, w := range words {
		if w[a] != w[b] {
			return w[a] < w[b]
		}
	}
	return false
}
