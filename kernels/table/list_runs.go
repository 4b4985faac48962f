package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// runs is a column of lists whose elements are so many bytes each, and none null:
// a list is a run of bytes.
type runs struct {
	list  *array.List
	bytes []byte // of the elements
	width int
}

// runsOf returns the runs of a column of lists, false for elements that are not
// of one width, of a dictionary, or null.
func runsOf(col arrow.Array) (runs, bool) {
	list, ok := col.(*array.List)
	if !ok {
		return runs{}, false
	}
	elements := list.ListValues()
	width, fixed := fixedWidth(elements.DataType())
	if _, coded := elements.(*array.Dictionary); coded || !fixed || width == 0 || unstored(elements) || elements.NullN() > 0 {
		return runs{}, false
	}
	from := elements.Data().Offset() * width
	return runs{list, elements.Data().Buffers()[1].Bytes()[from : from+elements.Len()*width], width}, true
}

// at is the run of a row, empty for a null.
func (r runs) at(row int) []byte {
	if !r.list.IsValid(row) {
		return nil
	}
	from, to := r.list.ValueOffsets(row)
	return r.bytes[int(from)*r.width : int(to)*r.width]
}

// made returns lists of the same type that end where ends says.
func (r runs) made(mem memory.Allocator, ends []int32, body, valid *memory.Buffer, nulls int) arrow.Array {
	elements := newArray(r.list.ListValues().DataType(), int(ends[len(ends)-1]), 0, nil, body)
	defer elements.Release()
	return newList(mem, r.list.DataType(), ends, elements, valid, nulls)
}

// take is takeList of runs.
func (r runs) take(mem memory.Allocator, rows []uint32) (arrow.Array, error) {
	ends, total := make([]int32, len(rows)+1), 0
	for i, row := range rows {
		if row != noRow {
			total += len(r.at(int(row)))
		}
		if total/r.width > math.MaxInt32 {
			return nil, fmt.Errorf("%w: over %d list elements", ErrOverflow, math.MaxInt32)
		}
		ends[i+1] = int32(total / r.width)
	}
	body := sized(mem, total)
	to := body.Bytes()
	for _, row := range rows {
		if row != noRow {
			to = to[copy(to, r.at(int(row))):]
		}
	}
	valid, nulls := takeValidity(mem, r.list, rows)
	return r.made(mem, ends, body, valid, nulls), nil
}

// runsMerge puts the runs of each group one after the other.
type runsMerge struct {
	runs
	mem memory.Allocator
	ids vector[uint32] // of each row
}

func (m *runsMerge) grow(int) {}

func (m *runsMerge) update(ids []uint32, start int) error {
	m.ids.extend(start + len(ids))
	copy(m.ids.data[start:], ids)
	return nil
}

func (m *runsMerge) finish(groups int) ([]arrow.Array, error) {
	next := make([]int, groups+1) // next[g+1] is how many bytes g has, then where its next run goes
	for row, id := range m.ids.data {
		next[id+1] += len(m.at(row))
	}
	ends := make([]int32, groups+1)
	for g := range groups {
		next[g+1] += next[g]
		if next[g+1]/m.width > math.MaxInt32 {
			return nil, fmt.Errorf("%w: over %d values kept: use smaller partitions", ErrOverflow, math.MaxInt32)
		}
		ends[g+1] = int32(next[g+1] / m.width)
	}
	body := sized(m.mem, next[groups])
	for row, id := range m.ids.data {
		next[id] += copy(body.Bytes()[next[id]:], m.at(row))
	}
	return []arrow.Array{m.made(m.mem, ends, body, nil, 0)}, nil
}

func (m *runsMerge) release() { m.ids.release() }
