package table

import (
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// smallPairs accumulates pairs of integers so small that all sums of theirs are
// exact: one pass, and no division a row.
type smallPairs struct {
	mem  memory.Allocator
	x, y []int32
	both validity

	states vector[sums]
	narrow vector[narrowSums] // in place of them where all sums fit 32 bits
	fits   bool
}

// sums are those of some pairs.
type sums struct{ n, x, y, xx, yy, xy int64 }

// narrowSums are sums two to a word, the first in its upper half, so that half as
// many additions are made in two thirds of a cache line.
type narrowSums struct{ nx, yxx, yyxy uint64 }

func (s narrowSums) sums() sums {
	low := func(w uint64) int64 { return int64(uint32(w)) }
	return sums{n: int64(s.nx >> 32), x: low(s.nx), y: int64(s.yxx >> 32), xx: low(s.yxx), yy: int64(s.yyxy >> 32), xy: low(s.yyxy)}
}

// newSmallPairs is for two int32 columns whose squares, summed over all rows and
// multiplied by their number, stay in int64; it returns false for others.
func newSmallPairs(mem memory.Allocator, x, y arrow.Array) (accumulator, bool) {
	if x.DataType().ID() != arrow.INT32 || y.DataType().ID() != arrow.INT32 || x.Len() == 0 {
		return nil, false
	}
	p := &smallPairs{mem: mem, x: values[int32](x), y: values[int32](y), both: bothValid(x, y),
		states: newVector[sums](mem), narrow: newVector[narrowSums](mem), fits: true}
	rows := uint64(len(p.x))
	for _, v := range [][]int32{p.x, p.y} {
		least, most := limitsOf(v)()
		far := uint64(max(-least, most))
		over, total := bits.Mul64(far*far, rows)
		if hi, lo := bits.Mul64(total, rows); over > 0 || hi > 0 || lo>>62 > 0 {
			return nil, false
		}
		p.fits = p.fits && least >= 0 && total < 1<<32 && rows < 1<<32
	}
	return p, true
}

func (p *smallPairs) grow(groups int) {
	if p.fits {
		p.narrow.grow(groups)
	} else {
		p.states.grow(groups)
	}
}

func (p *smallPairs) release() {
	p.states.release()
	p.narrow.release()
}

func (p *smallPairs) update(ids []uint32, start int) error {
	x, y, all := p.x[start:start+len(ids)], p.y[start:start+len(ids)], p.both.all()
	if p.fits && all {
		base := unsafe.SliceData(p.narrow.data)
		for i, id := range ids {
			s, v, w := at(base, id), uint64(x[i]), uint64(y[i])
			s.nx += 1<<32 + v
			s.yxx += w<<32 + v*v
			s.yyxy += w*w<<32 + v*w
		}
		return nil
	}
	for i, id := range ids {
		if !all && !p.both.at(start+i) {
			continue
		}
		v, w := int64(x[i]), int64(y[i])
		if p.fits {
			s, v, w := &p.narrow.data[id], uint64(v), uint64(w)
			s.nx += 1<<32 + v
			s.yxx += w<<32 + v*v
			s.yyxy += w*w<<32 + v*w
			continue
		}
		s := &p.states.data[id]
		s.n++
		s.x += v
		s.y += w
		s.xx += v * v
		s.yy += w * w
		s.xy += v * w
	}
	return nil
}

func (p *smallPairs) finish(groups int) ([]arrow.Array, error) {
	return comomentColumns(p.mem, groups, func(i int) comoment {
		var s sums
		if p.fits {
			s = p.narrow.data[i].sums()
		} else {
			s = p.states.data[i]
		}
		if s.n == 0 {
			return comoment{}
		}
		n := float64(s.n)
		return comoment{n, float64(s.x) / n, float64(s.y) / n,
			float64(s.n*s.xx-s.x*s.x) / n, float64(s.n*s.yy-s.y*s.y) / n, float64(s.n*s.xy-s.x*s.y) / n}
	}), nil
}
