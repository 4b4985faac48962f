package client

import "encoding/binary"

// wants are the keys that somebody in this program wants, by their hashes: an
// open table, which finds one in half the time that a map of Go takes, because
// the hash of a key is one already.
type wants struct {
	slots []wantSlot // a power of two of them, or none; at least a quarter is free
	n     int
}

// A wantSlot is free without a want.
type wantSlot struct {
	tag uint64 // the beginning of the hash
	w   *want
}

// fewest is how many slots a table has that has any.
const fewest = 64

func tagOf(hash *[16]byte) uint64 { return binary.LittleEndian.Uint64(hash[:]) }

// find returns the slot of the hash, or the free one where it would stand. There
// are slots.
func (t *wants) find(hash *[16]byte) int {
	tag, mask := tagOf(hash), uint64(len(t.slots)-1)
	for i := tag & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.w == nil || s.tag == tag && s.w.key.Hash == *hash {
			return int(i)
		}
	}
}

// get returns the want of the key with that hash, or nil.
func (t *wants) get(hash [16]byte) *want {
	if t.n == 0 {
		return nil
	}
	return t.slots[t.find(&hash)].w
}

// add takes w, whose key is not there.
func (t *wants) add(w *want) {
	if 4*(t.n+1) > 3*len(t.slots) {
		t.resize(max(fewest, 2*len(t.slots)))
	}
	t.n++
	t.slots[t.find(&w.key.Hash)] = wantSlot{tagOf(&w.key.Hash), w}
}

// remove takes w, which is there, away.
func (t *wants) remove(w *want) {
	i, mask := t.find(&w.key.Hash), len(t.slots)-1
	t.n--
	// What follows moves up, unless it would come to stand before its place.
	for j := (i + 1) & mask; t.slots[j].w != nil; j = (j + 1) & mask {
		if home := int(t.slots[j].tag) & mask; (j-home)&mask >= (j-i)&mask {
			t.slots[i] = t.slots[j]
			i = j
		}
	}
	t.slots[i] = wantSlot{}
	if len(t.slots) > fewest && 8*t.n < len(t.slots) {
		t.resize(len(t.slots) / 2)
	}
}

// resize does not look at the wants themselves, which lie all over memory.
func (t *wants) resize(n int) {
	was, mask := t.slots, n-1
	t.slots = make([]wantSlot, n)
	for _, s := range was {
		if s.w == nil {
			continue
		}
		i := int(s.tag) & mask
		for t.slots[i].w != nil {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

// all returns those that are there.
func (t *wants) all() []*want {
	ws := make([]*want, 0, t.n)
	for _, s := range t.slots {
		if s.w != nil {
			ws = append(ws, s.w)
		}
	}
	return ws
}
