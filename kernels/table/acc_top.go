package table

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// newTop keeps the n greatest values of each group, or the n least, best first.
func newTop(mem memory.Allocator, col arrow.Array, n int, greatest bool) accumulator {
	switch col.DataType().ID() {
	case arrow.INT8:
		return makeTop[int8](mem, col, n, greatest)
	case arrow.INT16:
		return makeTop[int16](mem, col, n, greatest)
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return makeTop[int32](mem, col, n, greatest)
	case arrow.INT64, arrow.TIMESTAMP, arrow.DATE64, arrow.TIME64, arrow.DURATION:
		return makeTop[int64](mem, col, n, greatest)
	case arrow.UINT8:
		return makeTop[uint8](mem, col, n, greatest)
	case arrow.UINT16:
		return makeTop[uint16](mem, col, n, greatest)
	case arrow.UINT32:
		return makeTop[uint32](mem, col, n, greatest)
	case arrow.UINT64:
		return makeTop[uint64](mem, col, n, greatest)
	case arrow.FLOAT32:
		return makeTop[float32](mem, col, n, greatest)
	case arrow.FLOAT64:
		return makeTop[float64](mem, col, n, greatest)
	}
	panic(fmt.Sprintf("table: no greatest values of %v", col.DataType()))
}

// top keeps up to n values a group, in order. Room for them grows with what the
// fullest group has.
type top[T number] struct {
	mem      memory.Allocator
	t        arrow.DataType
	from     []T
	valid    validity
	n        int
	greatest bool
	room     int // values that each group has room for, at most n
	groups   int
	best     vector[T]
	counts   vector[uint32]
}

func makeTop[T number](mem memory.Allocator, col arrow.Array, n int, greatest bool) accumulator {
	return &top[T]{mem: mem, t: col.DataType(), from: values[T](col), valid: validityOf(col), n: n, greatest: greatest,
		room: min(n, 4), best: newVector[T](mem), counts: newVector[uint32](mem)}
}

func (a *top[T]) grow(groups int) {
	a.groups = groups
	a.best.grow(groups * a.room)
	a.counts.grow(groups)
}

// widen doubles the room of every group.
func (a *top[T]) widen() {
	room := min(2*a.room, a.n)
	wide := newVector[T](a.mem)
	wide.grow(a.groups * room)
	for g := range a.groups {
		copy(wide.data[g*room:], a.best.data[g*a.room:(g+1)*a.room])
	}
	a.best.release()
	a.best, a.room = wide, room
}

func (a *top[T]) update(ids []uint32, start int) error {
	from, all := a.from[start:start+len(ids)], a.valid.all()
	for i, id := range ids {
		if !all && !a.valid.at(start+i) {
			continue
		}
		v := from[i]
		if n := int(a.counts.data[id]); n == a.n { // so is room
			last := a.best.data[int(id)*n+n-1]
			if a.greatest && v <= last || !a.greatest && v >= last {
				continue // most values
			}
		}
		a.insert(id, v)
	}
	return nil
}

// insert puts a value into its place among those of a group, if it has one.
func (a *top[T]) insert(id uint32, v T) {
	n := int(a.counts.data[id])
	if n == a.room && n < a.n {
		a.widen()
	}
	kept := a.best.data[int(id)*a.room:][:a.room]
	switch {
	case n < a.n:
		a.counts.data[id]++
		n++
	case !a.precedes(v, kept[n-1]):
		return
	}
	k := n - 1
	for ; k > 0 && a.precedes(v, kept[k-1]); k-- {
		kept[k] = kept[k-1]
	}
	kept[k] = v
}

func (a *top[T]) precedes(v, w T) bool {
	if a.greatest {
		return before(w, v)
	}
	return before(v, w)
}

func (a *top[T]) finish(groups int) ([]arrow.Array, error) {
	ends := make([]int32, groups+1)
	for g, n := range a.counts.data {
		ends[g+1] = ends[g] + int32(n)
	}
	var zero T
	body := sized(a.mem, int(ends[groups])*sizeOf(zero))
	into := viewed[T](body)
	for g, n := range a.counts.data {
		copy(into[ends[g]:], a.best.data[g*a.room:][:n])
	}
	elements := newArray(a.t, int(ends[groups]), 0, nil, body)
	defer elements.Release()
	return []arrow.Array{newList(a.mem, arrow.ListOf(a.t), ends, elements, nil, 0)}, nil
}

func (a *top[T]) release() {
	a.best.release()
	a.counts.release()
}
