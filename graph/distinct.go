package graph

import "hash/maphash"

// distinct finds attributes that a graph has already: an open table of their
// numbers, by their hashes. The graph has the attributes themselves. A map would
// take most of the time that building a graph takes.
type distinct struct {
	seed  maphash.Seed
	slots []uint64 // half of the hash, and the number of the attribute; 0: free
	shift int      // of that half, to a slot
	n     int
}

// find returns the number of a, which is not empty, among the attributes of g. If
// it is not there, it notes that a is to have the number next, and returns that.
func (d *distinct) find(g *Graph, a []byte, next uint32) uint32 {
	if 4*(d.n+1) > 3*len(d.slots) {
		d.grow()
	}
	half := maphash.Bytes(d.seed, a) >> 32
	for i := half >> d.shift; ; i = (i + 1) & uint64(len(d.slots)-1) {
		s := d.slots[i]
		if s == 0 {
			d.slots[i] = half<<32 | uint64(next)
			d.n++
			return next
		}
		if s>>32 == half && string(g.attr(uint32(s))) == string(a) {
			return uint32(s)
		}
	}
}

func (d *distinct) grow() {
	was := d.slots
	if was == nil {
		d.seed, d.shift = maphash.MakeSeed(), 32-3
	} else {
		d.shift--
	}
	d.slots = make([]uint64, 1<<(32-d.shift))
	for _, s := range was {
		if s == 0 {
			continue
		}
		i := s >> 32 >> d.shift
		for d.slots[i] != 0 {
			i = (i + 1) & uint64(len(d.slots)-1)
		}
		d.slots[i] = s
	}
}
