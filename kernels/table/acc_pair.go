package table

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// comoment is what a covariance and a correlation are made of: how many pairs,
// the means of both sides, the sums of their squared distances from these, and of
// the products of the distances.
type comoment struct{ n, x, y, xx, yy, xy float64 }

// add takes in one pair, by Welford's update.
func (m *comoment) add(x, y float64) {
	m.n++
	dx, dy, part := x-m.x, y-m.y, 1/m.n
	m.x += dx * part
	m.y += dy * part
	ey := y - m.y
	m.xx += dx * (x - m.x)
	m.yy += dy * ey
	m.xy += dx * ey
}

// merge takes in another set of pairs, by Chan, Golub and LeVeque (1979).
func (m *comoment) merge(o comoment) {
	if o.n == 0 {
		return
	}
	if m.n == 0 {
		*m = o
		return
	}
	n, dx, dy := m.n+o.n, o.x-m.x, o.y-m.y
	part := m.n * o.n / n
	m.x += dx * o.n / n
	m.y += dy * o.n / n
	m.xx += o.xx + dx*dx*part
	m.yy += o.yy + dy*dy*part
	m.xy += o.xy + dx*dy*part
	m.n = n
}

// floatPairs accumulates pairs of which neither is null.
type floatPairs struct {
	comoments
	x, y func(start, n int) []float64
	both validity
}

func newPairs(mem memory.Allocator, x, y arrow.Array) accumulator {
	if p, ok := newSmallPairs(mem, x, y); ok {
		return p
	}
	return &floatPairs{comoments: comoments{mem: mem, states: newVector[comoment](mem)},
		x: floatBatches(x), y: floatBatches(y), both: bothValid(x, y)}
}

// floatBatches reads numbers and booleans as float64, a batch at a time.
func floatBatches(col arrow.Array) func(start, n int) []float64 {
	var buf []float64
	if col.DataType().ID() == arrow.BOOL {
		load := appendFloats(boolBytes(col))
		return func(start, n int) []float64 { buf = load(buf[:0], start, start+n); return buf }
	}
	load := floatsOf(col)
	return func(start, n int) []float64 { buf = load(buf[:0], start, start+n); return buf }
}

// bothValid says where neither of two columns is null.
func bothValid(x, y arrow.Array) validity {
	a, b := validityOf(x), validityOf(y)
	switch {
	case a.all():
		return b
	case b.all():
		return a
	}
	bitmap := make([]byte, bitBytes(x.Len()))
	for i := range x.Len() {
		if a.at(i) && b.at(i) {
			setBit(bitmap, i)
		}
	}
	return validity{bitmap: bitmap}
}

func (p *floatPairs) update(ids []uint32, start int) error {
	x, y := p.x(start, len(ids)), p.y(start, len(ids))
	for i, id := range ids {
		if p.both.at(start + i) {
			p.states.data[id].add(x[i], y[i])
		}
	}
	return nil
}

// comoments holds one state a group.
type comoments struct {
	mem    memory.Allocator
	states vector[comoment]
}

func (m *comoments) grow(groups int) { m.states.grow(groups) }
func (m *comoments) release()        { m.states.release() }

func (m *comoments) finish(int) ([]arrow.Array, error) {
	return comomentColumns(m.mem, len(m.states.data), func(i int) comoment { return m.states.data[i] }), nil
}

func comomentColumns(mem memory.Allocator, groups int, at func(i int) comoment) []arrow.Array {
	var bodies [6]*memory.Buffer
	for k := range bodies {
		bodies[k] = sized(mem, 8*groups)
	}
	n := viewed[int64](bodies[0])
	x, y, xx := viewed[float64](bodies[1]), viewed[float64](bodies[2]), viewed[float64](bodies[3])
	yy, xy := viewed[float64](bodies[4]), viewed[float64](bodies[5])
	for i := range groups {
		s := at(i)
		n[i], x[i], y[i], xx[i], yy[i], xy[i] = int64(s.n), s.x, s.y, s.xx, s.yy, s.xy
	}
	out := []arrow.Array{newArray(arrow.PrimitiveTypes.Int64, groups, 0, nil, bodies[0])}
	for _, b := range bodies[1:] {
		out = append(out, newArray(arrow.PrimitiveTypes.Float64, groups, 0, nil, b))
	}
	return out
}

// pairsMerge accumulates states.
type pairsMerge struct {
	comoments
	n                []int64
	x, y, xx, yy, xy []float64
}

func newPairsMerge(mem memory.Allocator, states []arrow.Array) accumulator {
	return &pairsMerge{comoments: comoments{mem: mem, states: newVector[comoment](mem)},
		n: values[int64](states[0]), x: values[float64](states[1]), y: values[float64](states[2]),
		xx: values[float64](states[3]), yy: values[float64](states[4]), xy: values[float64](states[5])}
}

func (m *pairsMerge) update(ids []uint32, start int) error {
	for i, id := range ids {
		row := start + i
		m.states.data[id].merge(comoment{float64(m.n[row]), m.x[row], m.y[row], m.xx[row], m.yy[row], m.xy[row]})
	}
	return nil
}

// finishPairs returns the covariance of a sample, or the correlation: null below
// two pairs, and a correlation also where one side is all of one value.
func finishPairs(mem memory.Allocator, states []arrow.Array, correlation bool) arrow.Array {
	n, xx, yy, xy := values[int64](states[0]), values[float64](states[3]), values[float64](states[4]), values[float64](states[5])
	out, seen := sized(mem, 8*len(n)), make([]byte, len(n))
	into := viewed[float64](out)
	for i := range n {
		into[i] = 0
		switch {
		case n[i] < 2:
		case !correlation:
			into[i], seen[i] = xy[i]/float64(n[i]-1), 1
		case xx[i] != 0 && yy[i] != 0:
			into[i], seen[i] = xy[i]/math.Sqrt(xx[i])/math.Sqrt(yy[i]), 1
		}
	}
	valid, nulls := validBits(mem, seen)
	return newArray(arrow.PrimitiveTypes.Float64, len(n), nulls, valid, out)
}
