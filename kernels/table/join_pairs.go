package table

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// pairs are the rows that a join puts together.
type pairs struct {
	left, right []uint32
	whole       bool // left would be 0, 1, 2 … and is nil
	gaps        bool // some of the right are noRow
	scratch     [3]scratch
}

func (p *pairs) release() {
	for _, s := range p.scratch {
		s.release()
	}
}

// pair finds the pairs of so many rows; those without a partner have noRow for
// one if outer, else they are left out. With see, it is told the keys that were
// found.
func (b *Built) pair(mem memory.Allocator, cols []arrow.Array, rows int, outer bool, see func(ids []uint32)) (*pairs, error) {
	find := b.index.lookup(cols)
	switch {
	case !b.unique:
		return b.pairMany(mem, find, rows, outer, see)
	case outer:
		return b.pairOuter(mem, find, rows, see), nil
	}
	return b.pairOne(mem, find, rows, see), nil
}

// pairOne is pair of keys that have one row each.
func (b *Built) pairOne(mem memory.Allocator, find finder, rows int, see func([]uint32)) *pairs {
	// A batch may be written whole at the end of the lists, before it is known
	// how much of it stays.
	p := &pairs{scratch: [3]scratch{newScratch(mem, rows+batchSize), newScratch(mem, rows+batchSize)}}
	left, right, n := p.scratch[0].rows, p.scratch[1].rows, 0
	var batch [batchSize]uint32
	for start := 0; start < rows; start += batchSize {
		ids := batch[:min(batchSize, rows-start)]
		find(ids, start)
		if see != nil {
			see(ids)
		}
		b.rowsOfKeys(ids)
		n += compress(left[n:n+batchSize], right[n:n+batchSize], ids, uint32(start))
	}
	p.left, p.right = left[:n], right[:n]
	if n == rows {
		p.left, p.whole = nil, true
	}
	return p
}

// compress writes the rows from first on that have an id, and the ids, and
// returns how many these are. Behind them it may write anything.
func compress(left, right, ids []uint32, first uint32) int {
	left, right = left[:batchSize], right[:batchSize]
	k := 0
	for i, id := range ids {
		left[k&(batchSize-1)], right[k&(batchSize-1)] = first+uint32(i), id
		k += int((uint64(id) - uint64(noCode)) >> 63) // 1 unless it is noCode
	}
	return k
}

// pairOuter is pairOne that keeps all rows.
func (b *Built) pairOuter(mem memory.Allocator, find finder, rows int, see func([]uint32)) *pairs {
	p := &pairs{scratch: [3]scratch{newScratch(mem, rows)}, whole: true, gaps: true}
	p.right = p.scratch[0].rows
	for start := 0; start < rows; start += batchSize {
		ids := p.right[start:min(start+batchSize, rows)]
		find(ids, start)
		if see != nil {
			see(ids)
		}
		b.rowsOfKeys(ids)
	}
	return p
}

// pairMany is pair of keys that may have several rows.
func (b *Built) pairMany(mem memory.Allocator, find finder, rows int, outer bool, see func([]uint32)) (*pairs, error) {
	p := &pairs{gaps: outer, scratch: [3]scratch{newScratch(mem, rows)}}
	all, total := p.scratch[0].rows, 0
	for start := 0; start < rows; start += batchSize {
		ids := all[start:min(start+batchSize, rows)]
		find(ids, start)
		if see != nil {
			see(ids)
		}
		for _, id := range ids {
			n := b.matches(id)
			if n == 0 && outer {
				n = 1
			}
			total += n
		}
	}
	if total > maxRows {
		p.release()
		return nil, fmt.Errorf("%w: join of %d by %d rows yields %d, of %d at most: use smaller partitions",
			ErrOverflow, rows, b.table.NumRows(), total, maxRows)
	}
	p.scratch[1], p.scratch[2] = newScratch(mem, total), newScratch(mem, total)
	p.left, p.right = p.scratch[1].rows, p.scratch[2].rows
	at := 0
	for i, id := range all {
		if id == noCode {
			if outer {
				p.left[at], p.right[at] = uint32(i), noRow
				at++
			}
			continue
		}
		for _, partner := range b.partners(id) {
			p.left[at], p.right[at] = uint32(i), partner
			at++
		}
	}
	return p, nil
}
