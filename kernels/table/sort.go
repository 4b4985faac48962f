package table

import (
	"cmp"
	"slices"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Sort returns the rows of t in order; it is stable. A table already in order
// comes back as itself. Errors are those of [SortSpec.Check], or as in Take.
func Sort(mem memory.Allocator, t *kernels.Table, spec SortSpec) (*kernels.Table, error) {
	counted := wordScratch{mem: mem}
	defer counted.release()
	words, err := wordsToSort(&counted, t, spec)
	if err != nil {
		return nil, err
	}
	if inOrder(words, t.NumRows()) {
		t.Retain()
		return t, nil
	}
	order := orderRows(mem, words, t.NumRows())
	defer order.release()
	return pickRows(mem, t, order.rows)
}

// SortAll sorts the rows of all tables, those of earlier ones first where they
// are equal. Errors are as in Concat and Sort.
func SortAll(mem memory.Allocator, spec SortSpec, tables ...*kernels.Table) (*kernels.Table, error) {
	all, err := Concat(mem, withRows(tables)...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	return Sort(mem, all, spec)
}

// withRows leaves out tables without rows, unless there are no others.
func withRows(tables []*kernels.Table) []*kernels.Table {
	var some []*kernels.Table
	for _, t := range tables {
		if t.NumRows() > 0 {
			some = append(some, t)
		}
	}
	if len(some) == 0 {
		return tables[:min(1, len(tables))]
	}
	return some
}

func wordsToSort(mem *wordScratch, t *kernels.Table, spec SortSpec) ([][]uint64, error) {
	if err := spec.Check(t.Schema()); err != nil {
		return nil, err
	}
	cols, err := keyColumns("sort", t, spec.columns())
	if err != nil {
		return nil, err
	}
	return orderWords(mem, cols, spec.Keys), nil
}

// compareRows compares two rows by their words.
func compareRows(words [][]uint64, a, b uint32) int {
	for _, w := range words {
		if c := cmp.Compare(w[a], w[b]); c != 0 {
			return c
		}
	}
	return 0
}

func inOrder(words [][]uint64, rows int) bool {
	if len(words) == 1 {
		return slices.IsSorted(words[0][:rows])
	}
	for row := 1; row < rows; row++ {
		if compareRows(words, uint32(row-1), uint32(row)) > 0 {
			return false
		}
	}
	return true
}

// sortItem carries a row through the sort with the word it is sorted by.
type sortItem struct {
	word uint64
	row  uint32
}

// radixSort returns the given rows in the order of their words, stably: from the
// last word to the first, each by its bytes from the lowest.
func radixSort(words [][]uint64, rows []uint32) []uint32 {
	items, spare := make([]sortItem, len(rows)), make([]sortItem, len(rows))
	for i, row := range rows {
		items[i].row = row
	}
	for k := len(words) - 1; k >= 0; k-- {
		for i := range items {
			items[i].word = words[k][items[i].row]
		}
		items, spare = sortByWord(items, spare)
	}
	for i, item := range items {
		rows[i] = item.row
	}
	return rows
}

// sortByWord sorts items, moving them to and fro; it returns where they are,
// and the other memory.
func sortByWord(items, spare []sortItem) (sorted, other []sortItem) {
	var counts [8][256]uint32
	for _, item := range items {
		for b := range counts {
			counts[b][byte(item.word>>(8*b))]++
		}
	}
	for b := range counts {
		if len(items) == 0 || int(counts[b][byte(items[0].word>>(8*b))]) == len(items) {
			continue // all have this byte
		}
		at := uint32(0)
		for v, n := range counts[b] {
			counts[b][v] = at
			at += n
		}
		place := &counts[b]
		for _, item := range items {
			v := byte(item.word >> (8 * b))
			spare[place[v]] = item
			place[v]++
		}
		items, spare = spare, items
	}
	return items, spare
}

// TopK returns the first k rows that Sort would, in that order, in time that
// hardly depends on k while k is small. Errors wrap ErrSpec for a negative k,
// and are else as in Sort.
func TopK(mem memory.Allocator, t *kernels.Table, spec SortSpec, k int) (*kernels.Table, error) {
	if k < 0 {
		return nil, refuse("top %d rows: want 0 or more", k)
	}
	counted := wordScratch{mem: mem}
	defer counted.release()
	words, err := wordsToSort(&counted, t, spec)
	if err != nil {
		return nil, err
	}
	return takeRows(mem, t, firstRows(words, t.NumRows(), min(k, t.NumRows())))
}

// firstRows returns the k first of so many rows, by a heap of the first so far
// with the last of them at its root.
func firstRows(words [][]uint64, rows, k int) []uint32 {
	heap := make([]uint32, 0, k)
	for row := range uint32(rows) {
		if len(heap) < k {
			heap = append(heap, row)
			if len(heap) == k {
				for at := k/2 - 1; at >= 0; at-- {
					siftDown(words, heap, at)
				}
			}
		} else if k > 0 && compareRows(words, row, heap[0]) < 0 { // of equals the earlier stays
			heap[0] = row
			siftDown(words, heap, 0)
		}
	}
	for n := len(heap) - 1; n > 0; n-- {
		heap[0], heap[n] = heap[n], heap[0]
		siftDown(words, heap[:n], 0)
	}
	return heap
}

// later is the order of the heap; rows break ties.
func later(words [][]uint64, a, b uint32) bool {
	c := compareRows(words, a, b)
	return c > 0 || c == 0 && a > b
}

func siftDown(words [][]uint64, heap []uint32, at int) {
	for {
		child := 2*at + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && later(words, heap[child+1], heap[child]) {
			child++
		}
		if !later(words, heap[child], heap[at]) {
			return
		}
		heap[at], heap[child] = heap[child], heap[at]
		at = child
	}
}
