package table

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// places is a numbering for aggregation that leaves the number that the fields of
// a row make together as it is, so that no table is looked up. What is
// accumulated has a place for every such number, and the places where there is
// a group are picked in the end.
type places struct {
	fields []field
	width  int      // numbers are below it
	direct []uint32 // the numbers of all rows, where they are in memory already
	seen   []uint8  // of each place
	order  []uint32 // the places of the groups, in the order of first appearance
	first  []uint32
}

// mostPlaces is how many places there are at most, so that what is accumulated stays
// in a cache.
const mostPlaces = 1 << 14

// placeRows is how many rows a place there are at least, so that places are few
// beside rows. It is a variable for tests, which want places for few rows.
var placeRows = 16

// newPlaces returns the numbering by places, false if there would be too many.
func newPlaces(k keyed, rows int) (*places, bool) {
	if !k.fits || k.all > mostPlaces || int(k.all)*placeRows > rows {
		return nil, false
	}
	for _, f := range k.fields {
		if f.sure != nil && !f.sure() {
			return nil, false
		}
	}
	p := &places{fields: k.fields, width: int(k.all), seen: make([]uint8, k.all), first: numbersOf(0)}
	if len(k.fields) == 1 {
		p.direct = k.fields[0].codes
	}
	return p, true
}

func (p *places) next(buf []uint32, start, n int) []uint32 {
	ids := buf[:n]
	if p.direct != nil {
		ids = p.direct[start : start+n]
	} else {
		clear(ids)
		stride := uint32(1)
		for _, f := range p.fields {
			f.place(ids, start, stride)
			stride *= uint32(f.width)
		}
	}
	if len(p.order) < p.width {
		p.mark(ids, start)
	}
	return ids
}

// mark notes the places that are new.
func (p *places) mark(ids []uint32, start int) {
	seen := p.seen
	for i, id := range ids {
		if seen[id] == 0 {
			seen[id] = 1
			p.order, p.first = append(p.order, id), append(p.first, uint32(start+i))
		}
	}
}

func (p *places) firsts() []uint32 { return p.first }
func (p *places) release()         { recycle(p.first) }

// pick returns what belongs to the groups of columns that have a value a place.
// It releases the columns.
func (p *places) pick(mem memory.Allocator, fields []arrow.Field, cols []arrow.Array) ([]arrow.Array, error) {
	defer releaseAll(cols)
	return takeColumns(mem, fields, cols, p.order)
}
