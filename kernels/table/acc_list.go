package table

import (
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// valueList keeps the rows of each group that are not null, as a list.
type valueList struct {
	mem   memory.Allocator
	col   arrow.Array
	valid validity
	ids   vector[uint32] // group of each kept row
	rows  []uint32       // nil while they are all rows
}

func newValueList(mem memory.Allocator, col arrow.Array) accumulator {
	l := &valueList{mem: mem, col: col, valid: validityOf(col), ids: newVector[uint32](mem)}
	l.ids.buf.Reserve(4 * col.Len())
	return l
}

func (l *valueList) grow(int) {}

func (l *valueList) update(ids []uint32, start int) error {
	n := len(l.ids.data)
	if l.valid.all() {
		l.ids.extend(n + len(ids))
		copy(l.ids.data[n:], ids)
		return nil
	}
	// Every row is written, and overwritten by the next unless it counts.
	l.ids.extend(n + len(ids))
	l.rows = slices.Grow(l.rows, len(ids))[:n+len(ids)]
	to, rows, k := l.ids.data[n:], l.rows[n:], 0
	for i := 0; i < len(ids); i += 64 {
		w := l.valid.word(start + i)
		for j, id := range ids[i:min(i+64, len(ids))] {
			to[k], rows[k] = id, uint32(start+i+j)
			k += int(w & 1)
			w >>= 1
		}
	}
	l.ids.extend(n + k)
	l.rows = l.rows[:n+k]
	return nil
}

func (l *valueList) keep(id, row uint32) {
	n := len(l.ids.data)
	l.ids.extend(n + 1)
	l.ids.data[n] = id
	l.rows = append(l.rows, row)
}

func (l *valueList) finish(groups int) ([]arrow.Array, error) {
	if len(l.ids.data) > math.MaxInt32 {
		return nil, fmt.Errorf("%w: over %d values kept: use smaller partitions", ErrOverflow, math.MaxInt32)
	}
	elements, ends, err := l.sorted(groups)
	if err != nil {
		return nil, err
	}
	defer elements.Release()
	return []arrow.Array{newList(l.mem, arrow.ListOf(l.col.DataType()), ends, elements, nil, 0)}, nil
}

// sorted returns the kept values in the order of their groups, and where these
// end.
func (l *valueList) sorted(groups int) (elements arrow.Array, ends []int32, err error) {
	ends = make([]int32, groups+1)
	if width, fixed := fixedWidth(l.col.DataType()); fixed && (width == 4 || width == 8) {
		if _, coded := l.col.(*array.Dictionary); !coded && len(l.ids.data) > 0 {
			body := sized(l.mem, width*len(l.ids.data))
			if width == 8 {
				sortByGroup(viewed[uint64](body), values[uint64](l.col), l.rows, l.ids.data, ends)
			} else {
				sortByGroup(viewed[uint32](body), values[uint32](l.col), l.rows, l.ids.data, ends)
			}
			return newArray(l.col.DataType(), len(l.ids.data), 0, nil, body), ends, nil
		}
	}
	starts, order := groupRows(l.ids.data, groups)
	for i, s := range starts {
		ends[i] = int32(s)
	}
	if l.rows != nil {
		for i, k := range order {
			order[i] = l.rows[k]
		}
	}
	elements, err = takeColumn(l.mem, l.col, order)
	return elements, ends, err
}

// sortByGroup writes the values of the rows, nil for all, in the order of their
// groups, those of one as they come, and sets ends[g] to where group g starts, as ends[g+1] is
// where it ends.
func sortByGroup[T any](into, from []T, rows, ids []uint32, ends []int32) {
	at := make([]uint32, len(ends))
	for _, id := range ids {
		at[id+1]++
	}
	for g := 1; g < len(at); g++ {
		at[g] += at[g-1]
		ends[g] = int32(at[g])
	}
	if rows != nil {
		for i, id := range ids {
			into[at[id]] = from[rows[i]]
			at[id]++
		}
		return
	}
	from = from[:len(ids)]
	for i, id := range ids {
		k := at[id]
		at[id] = k + 1
		into[k] = from[i]
	}
}

func (l *valueList) release() { l.ids.release() }

// distinctList is a valueList of distinct values.
type distinctList struct {
	valueList
	coder  coder
	pairs  *pairTable // of group and value
	groups int
}

func newDistinctList(mem memory.Allocator, col arrow.Array) accumulator {
	c := newCoder(col, true)
	return &distinctList{valueList: valueList{mem: mem, col: col, ids: newVector[uint32](mem), rows: []uint32{}}, coder: c,
		pairs: newPairTable(c.fixed(), directLimit(col.Len()))}
}

func (l *distinctList) grow(groups int) { l.groups = groups }

func (l *distinctList) update(ids []uint32, start int) error {
	var codeBatch, pairBatch [batchSize]uint32
	codes, pairs := codeBatch[:len(ids)], pairBatch[:len(ids)]
	l.coder.add(codes, start)
	copy(pairs, ids)
	l.pairs.add(pairs, codes, l.groups)
	next := uint32(len(l.rows))
	for i, pair := range pairs {
		if pair == next {
			l.keep(ids[i], uint32(start+i))
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
