package table

import (
	"bytes"
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// newExtreme keeps the least value of each group, or the greatest; the first of
// equal ones. NaN counts as greater than all numbers.
func newExtreme(mem memory.Allocator, col arrow.Array, greatest bool) accumulator {
	switch col.DataType().ID() {
	case arrow.BOOL:
		truth := boolBytes(col)
		return newPick(mem, col, func(row, best int) bool { return truth[row] != truth[best] && truth[row] == 1 == greatest })
	case arrow.INT8:
		return makeIntExtreme[int8](mem, col, greatest)
	case arrow.INT16:
		return makeIntExtreme[int16](mem, col, greatest)
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return makeIntExtreme[int32](mem, col, greatest)
	case arrow.INT64, arrow.TIMESTAMP, arrow.DATE64, arrow.TIME64, arrow.DURATION:
		return makeIntExtreme[int64](mem, col, greatest)
	case arrow.UINT8:
		return makeIntExtreme[uint8](mem, col, greatest)
	case arrow.UINT16:
		return makeIntExtreme[uint16](mem, col, greatest)
	case arrow.UINT32:
		return makeIntExtreme[uint32](mem, col, greatest)
	case arrow.UINT64:
		return makeIntExtreme[uint64](mem, col, greatest)
	case arrow.FLOAT32:
		return makeExtreme[float32](mem, col, greatest)
	case arrow.FLOAT64:
		return makeExtreme[float64](mem, col, greatest)
	}
	if !isText(col.DataType()) {
		panic(fmt.Sprintf("table: no order of %v", col.DataType()))
	}
	words, want := textColumnOf(col), -1
	if greatest {
		want = 1
	}
	return newPick(mem, col, func(row, best int) bool { return bytes.Compare(words.at(row), words.at(best)) == want })
}

// extreme keeps values of fixed width.
type extreme[T number] struct {
	mem      memory.Allocator
	t        arrow.DataType
	from     []T
	valid    validity
	greatest bool
	best     vector[T]
	seen     vector[uint8]
}

func makeExtreme[T number](mem memory.Allocator, col arrow.Array, greatest bool) accumulator {
	return &extreme[T]{mem: mem, t: col.DataType(), from: values[T](col), valid: validityOf(col), greatest: greatest,
		best: newVector[T](mem), seen: newVector[uint8](mem)}
}

func (e *extreme[T]) grow(groups int) {
	e.best.grow(groups)
	e.seen.grow(groups)
}

// before is the order of numbers, with NaN after all others.
func before[T number](a, b T) bool { return a < b || b != b && a == a }

func (e *extreme[T]) update(ids []uint32, start int) error {
	from, best, seen := e.from[start:start+len(ids)], e.best.data, e.seen.data
	for i, id := range ids {
		if !e.valid.at(start + i) {
			continue
		}
		v, old := from[i], best[id]
		better := before(v, old)
		if e.greatest {
			better = before(old, v)
		}
		if better || seen[id] == 0 {
			best[id], seen[id] = v, 1
		}
	}
	return nil
}

func (e *extreme[T]) finish(int) ([]arrow.Array, error) {
	n := len(e.best.data)
	valid, nulls := validBits(e.mem, e.seen.data)
	return []arrow.Array{newArray(e.t, n, nulls, valid, e.best.finish())}, nil
}

func (e *extreme[T]) release() {
	e.best.release()
	e.seen.release()
}

// intExtreme is extreme of integers: each group starts from the worst value there
// is, and a null is that value.
type intExtreme[T integer] struct {
	mem      memory.Allocator
	t        arrow.DataType
	from     []T
	valid    validity
	greatest bool
	worst    T
	best     vector[T]
	seen     seenGroups
	batch    []T // of values, where some are null
}

func makeIntExtreme[T integer](mem memory.Allocator, col arrow.Array, greatest bool) accumulator {
	if col.Len() == 0 {
		return makeExtreme[T](mem, col, greatest)
	}
	worst := T(0) // the least of unsigned ones
	if ^worst < 0 {
		worst = 1 << (8*unsafe.Sizeof(worst) - 1)
	}
	if !greatest {
		worst = ^worst
	}
	e := &intExtreme[T]{mem: mem, t: col.DataType(), from: values[T](col), valid: validityOf(col), greatest: greatest, worst: worst,
		best: newVector[T](mem)}
	if e.seen = newSeen(mem, e.valid, col.Len()); !e.valid.all() {
		e.batch = make([]T, batchSize)
	}
	return e
}

func (e *intExtreme[T]) grow(groups int) {
	e.seen.grow(groups)
	old := len(e.best.data)
	if groups <= old {
		return
	}
	e.best.extend(groups)
	for i := range e.best.data[old:] {
		e.best.data[old+i] = e.worst
	}
}

func (e *intExtreme[T]) update(ids []uint32, start int) error {
	from, base := e.from[start:start+len(ids)], unsafe.SliceData(e.best.data)
	if !e.valid.all() {
		e.seen.mark(ids, e.valid, start)
		from = e.batch[:copy(e.batch, from)]
		e.valid.eachNull(start, len(ids), func(i int) { from[i] = e.worst })
	}
	if e.greatest {
		for i, id := range ids {
			if best := at(base, id); from[i] > *best {
				*best = from[i]
			}
		}
		return nil
	}
	for i, id := range ids {
		if best := at(base, id); from[i] < *best {
			*best = from[i]
		}
	}
	return nil
}

func (e *intExtreme[T]) finish(int) ([]arrow.Array, error) {
	n := len(e.best.data)
	valid, nulls := e.seen.finish(e.mem)
	return []arrow.Array{newArray(e.t, n, nulls, valid, e.best.finish())}, nil
}

func (e *intExtreme[T]) release() {
	e.best.release()
	e.seen.marks.release()
}

// pick keeps one row of each group, and takes their values in the end; it works
// for any type.
type pick struct {
	mem    memory.Allocator
	col    arrow.Array
	valid  validity
	better func(row, best int) bool
	rows   []uint32 // plus one, so that 0 less one is noRow
}

func newPick(mem memory.Allocator, col arrow.Array, better func(row, best int) bool) accumulator {
	return &pick{mem: mem, col: col, valid: validityOf(col), better: better}
}

func (p *pick) grow(groups int) {
	if groups > len(p.rows) {
		p.rows = append(p.rows, make([]uint32, groups-len(p.rows))...)
	}
}

func (p *pick) update(ids []uint32, start int) error {
	for i, id := range ids {
		row := start + i
		if p.valid.at(row) && (p.rows[id] == 0 || p.better(row, int(p.rows[id]-1))) {
			p.rows[id] = uint32(row) + 1
		}
	}
	return nil
}

func (p *pick) finish(int) ([]arrow.Array, error) {
	for i := range p.rows {
		p.rows[i]--
	}
	col, err := takeColumn(p.mem, p.col, p.rows)
	if err != nil {
		return nil, err
	}
	return []arrow.Array{col}, nil
}

func (p *pick) release() {}
