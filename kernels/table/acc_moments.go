package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// moment is what a variance is made of: how many values, the first of them,
// their mean as a distance from it, and the sum of their squared distances from
// the mean. Counting from the first value keeps the digits of values that are
// large but close together.
type moment struct{ n, origin, mean, m2 float64 }

// add takes in one value, by Welford (1962).
func (m *moment) add(v float64) {
	if m.n == 0 {
		m.origin = v
	}
	v -= m.origin
	m.n++
	var part float64
	if n := uint(int64(m.n)); n < uint(len(parts)) {
		part = parts[n]
	} else {
		part = 1 / m.n
	}
	d := v - m.mean
	m.mean += d * part
	m.m2 += d * (v - m.mean)
}

// parts are the reciprocals of small numbers, which are looked up faster than they
// are divided.
var parts = func() (parts [1 << 10]float64) {
	for n := range parts {
		parts[n] = 1 / float64(max(n, 1))
	}
	return parts
}()

// merge takes in another set of values, by Chan, Golub and LeVeque (1979).
func (m *moment) merge(o moment) {
	if o.n == 0 {
		return
	}
	if m.n == 0 {
		*m = o
		return
	}
	n, d := m.n+o.n, o.origin-m.origin+(o.mean-m.mean)
	m.mean += d * o.n / n
	m.m2 += o.m2 + d*d*m.n*o.n/n
	m.n = n
}

// moments accumulates rows.
type moments[T number] struct {
	momentStates
	from  []T
	valid validity
}

func newMoments(mem memory.Allocator, col arrow.Array) accumulator {
	switch col.DataType().ID() {
	case arrow.BOOL:
		return makeMoments(mem, col, boolBytes(col))
	case arrow.INT8:
		return makeMoments(mem, col, values[int8](col))
	case arrow.INT16:
		return makeMoments(mem, col, values[int16](col))
	case arrow.INT32:
		return makeMoments(mem, col, values[int32](col))
	case arrow.INT64:
		return makeMoments(mem, col, values[int64](col))
	case arrow.UINT8:
		return makeMoments(mem, col, values[uint8](col))
	case arrow.UINT16:
		return makeMoments(mem, col, values[uint16](col))
	case arrow.UINT32:
		return makeMoments(mem, col, values[uint32](col))
	case arrow.UINT64:
		return makeMoments(mem, col, values[uint64](col))
	case arrow.FLOAT32:
		return makeMoments(mem, col, values[float32](col))
	case arrow.FLOAT64:
		return makeMoments(mem, col, values[float64](col))
	}
	panic(fmt.Sprintf("table: no variance of %v", col.DataType()))
}

func makeMoments[T number](mem memory.Allocator, col arrow.Array, from []T) accumulator {
	return &moments[T]{momentStates: momentStates{mem: mem, states: newVector[moment](mem)}, from: from, valid: validityOf(col)}
}

func (m *moments[T]) update(ids []uint32, start int) error {
	from, states := m.from[start:start+len(ids)], m.states.data
	for i, id := range ids {
		if m.valid.at(start + i) {
			states[id].add(float64(from[i]))
		}
	}
	return nil
}

// momentStates holds one moment a group.
type momentStates struct {
	mem    memory.Allocator
	states vector[moment]
}

func (m *momentStates) grow(groups int) { m.states.grow(groups) }

func (m *momentStates) finish(int) ([]arrow.Array, error) {
	rows := len(m.states.data)
	counts, floats := sized(m.mem, 8*rows), make([]*memory.Buffer, 3)
	for k := range floats {
		floats[k] = sized(m.mem, 8*rows)
	}
	n, origin, mean, m2 := viewed[int64](counts), viewed[float64](floats[0]), viewed[float64](floats[1]), viewed[float64](floats[2])
	for i, s := range m.states.data {
		n[i], origin[i], mean[i], m2[i] = int64(s.n), s.origin, s.mean, s.m2
	}
	out := []arrow.Array{newArray(arrow.PrimitiveTypes.Int64, rows, 0, nil, counts)}
	for _, b := range floats {
		out = append(out, newArray(arrow.PrimitiveTypes.Float64, rows, 0, nil, b))
	}
	return out, nil
}

func (m *momentStates) release() { m.states.release() }

// momentsMerge accumulates states.
type momentsMerge struct {
	momentStates
	n                []int64
	origin, mean, m2 []float64
}

func newMomentsMerge(mem memory.Allocator, states []arrow.Array) accumulator {
	return &momentsMerge{momentStates: momentStates{mem: mem, states: newVector[moment](mem)},
		n: values[int64](states[0]), origin: values[float64](states[1]),
		mean: values[float64](states[2]), m2: values[float64](states[3])}
}

func (m *momentsMerge) update(ids []uint32, start int) error {
	for i, id := range ids {
		row := start + i
		m.states.data[id].merge(moment{float64(m.n[row]), m.origin[row], m.mean[row], m.m2[row]})
	}
	return nil
}

// finishMoments returns the variance of a sample, or its root; null below two
// values.
func finishMoments(mem memory.Allocator, states []arrow.Array, root bool) arrow.Array {
	n, m2 := values[int64](states[0]), values[float64](states[3])
	out, seen := sized(mem, 8*len(n)), make([]byte, len(n))
	into := viewed[float64](out)
	for i := range n {
		into[i] = 0
		if n[i] > 1 {
			into[i], seen[i] = m2[i]/float64(n[i]-1), 1
			if root {
				into[i] = math.Sqrt(into[i])
			}
		}
	}
	valid, nulls := validBits(mem, seen)
	return newArray(arrow.PrimitiveTypes.Float64, len(n), nulls, valid, out)
}
