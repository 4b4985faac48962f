package table

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// MergeSorted merges tables that are each in the order of spec; of equal rows,
// those of the earlier table come first. Errors wrap ErrSpec for a table that
// is not in order, and are else as in Concat and Sort.
func MergeSorted(mem memory.Allocator, spec SortSpec, tables ...*kernels.Table) (*kernels.Table, error) {
	all, err := Concat(mem, tables...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	counted := wordScratch{mem: mem}
	defer counted.release()
	words, err := wordsToSort(&counted, all, spec)
	if err != nil {
		return nil, err
	}
	ends := make([]int, len(tables))
	at := 0
	for i, t := range tables {
		for row := at + 1; row < at+t.NumRows(); row++ {
			if compareRows(words, uint32(row-1), uint32(row)) > 0 {
				return nil, fmt.Errorf("%w: merge of sorted tables: table %d is out of order at row %d", ErrSpec, i, row-at)
			}
		}
		at += t.NumRows()
		ends[i] = at
	}
	if inOrder(words, all.NumRows()) {
		all.Retain()
		return all, nil
	}
	return takeRows(mem, all, mergeRuns(words, ends))
}

// mergeRuns merges runs of rows, given where each ends, two neighbours at a
// time until one is left.
func mergeRuns(words [][]uint64, ends []int) []uint32 {
	rows := ends[len(ends)-1]
	from, to := make([]uint32, rows), make([]uint32, rows)
	for i := range from {
		from[i] = uint32(i)
	}
	for len(ends) > 1 {
		var merged []int
		start := 0
		for i := 0; i < len(ends); i += 2 {
			middle, end := ends[i], ends[min(i+1, len(ends)-1)]
			mergeTwo(words, to[start:end], from[start:middle], from[middle:end])
			merged, start = append(merged, end), end
		}
		from, to, ends = to, from, merged
	}
	return from
}

func mergeTwo(words [][]uint64, to, a, b []uint32) {
	for i := range to {
		if len(b) == 0 || len(a) > 0 && compareRows(words, a[0], b[0]) <= 0 {
			to[i], a = a[0], a[1:]
		} else {
			to[i], b = b[0], b[1:]
		}
	}
}
