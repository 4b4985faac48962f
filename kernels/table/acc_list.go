package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// valueList keeps the rows of each group that are not null, as a list.
type valueList struct {
	mem   memory.Allocator
	col   arrow.Array
	valid validity
	ids   []uint32 // group of each kept row
	rows  []uint32
}

func newValueList(mem memory.Allocator, col arrow.Array) accumulator {
	return &valueList{mem: mem, col: col, valid: validityOf(col)}
}

func (l *valueList) grow(int) {}

func (l *valueList) update(ids []uint32, start int) error {
	for i, id := range ids {
		if l.valid.at(start + i) {
			l.ids = append(l.ids, id)
			l.rows = append(l.rows, uint32(start+i))
		}
	}
	return nil
}

func (l *valueList) finish(groups int) ([]arrow.Array, error) {
	if len(l.ids) > math.MaxInt32 {
		return nil, fmt.Errorf("%w: over %d values kept: use smaller partitions", ErrOverflow, math.MaxInt32)
	}
	starts, order := groupRows(l.ids, groups)
	ends := make([]int32, len(starts))
	for i, s := range starts {
		ends[i] = int32(s)
	}
	for i, k := range order {
		order[i] = l.rows[k]
	}
	elements, err := takeColumn(l.mem, l.col, order)
	if err != nil {
		return nil, err
	}
	defer elements.Release()
	return []arrow.Array{newList(l.mem, arrow.ListOf(l.col.DataType()), ends, elements, nil, 0)}, nil
}

func (l *valueList) release() {}

// distinctList is a valueList of distinct values.
type distinctList struct {
	valueList
	coder  coder
	pairs  *pairTable // of group and value
	groups int
}

func newDistinctList(mem memory.Allocator, col arrow.Array) accumulator {
	c := newCoder(col, true)
	return &distinctList{valueList: valueList{mem: mem, col: col}, coder: c,
		pairs: newPairTable(c.fixed(), directLimit(col.Len()))}
}

func (l *distinctList) grow(groups int) { l.groups = groups }

func (l *distinctList) update(ids []uint32, start int) error {
	var codeBatch, pairBatch [batchSize]uint32
	codes, pairs := codeBatch[:len(ids)], pairBatch[:len(ids)]
	l.coder.add(codes, start)
	copy(pairs, ids)
	l.pairs.add(pairs, codes, l.groups)
	next := uint32(len(l.ids))
	for i, pair := range pairs {
		if pair == next {
			l.ids = append(l.ids, ids[i])
			l.rows = append(l.rows, uint32(start+i))
			next++
		}
	}
	return nil
}

// flatten feeds the elements of a list column to an accumulator over them.
type flatten struct {
	accumulator
	list *array.List
}

func newFlatten(lists arrow.Array, over func(elements arrow.Array) accumulator) accumulator {
	list := lists.(*array.List)
	return &flatten{accumulator: over(list.ListValues()), list: list}
}

func (f *flatten) update(ids []uint32, start int) error {
	if len(ids) == 0 {
		return nil
	}
	var batch [batchSize]uint32
	n := 0
	first, _ := f.list.ValueOffsets(start)
	for i, id := range ids {
		from, to := f.list.ValueOffsets(start + i)
		for range to - from {
			batch[n] = id
			if n++; n == batchSize {
				if err := f.accumulator.update(batch[:], int(first)); err != nil {
					return err
				}
				first, n = first+batchSize, 0
			}
		}
	}
	return f.accumulator.update(batch[:n], int(first))
}

// finishLengths returns how long each list is.
func finishLengths(mem memory.Allocator, list *array.List) arrow.Array {
	out := sized(mem, 8*list.Len())
	for i := range viewed[int64](out) {
		from, to := list.ValueOffsets(i)
		viewed[int64](out)[i] = to - from
	}
	return newArray(arrow.PrimitiveTypes.Int64, list.Len(), 0, nil, out)
}
