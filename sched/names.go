package sched

import (
	"encoding/binary"
	mathbits "math/bits"

	"github.com/ashlar-go/ashlar/graph"
)

// A name is a key of a known task, with the clients that want it: 64 bytes.
type name struct {
	key   graph.Key
	owner ClientID // a client that wants it; 0 is none. Others are in Machine.sharers
	task  uint32
	id    uint32 // its number in names
	after uint32 // the next name of the task; the first, after the last
	prev  uint32 // in the list of what the owner wants
	next  uint32
	gone  uint16 // how often a client could not get the value
}

const (
	namePageBits = 10
	namePage     = 1 << namePageBits
)

// names holds all names under dense numbers, which are used again, and finds
// them by their keys. Pages never move.
type names struct {
	pages []*[namePage]name
	free  []uint32
	used  uint32 // numbers below were given out at some time
	live  int

	// A hash table of open addressing. A key is looked for from the place on
	// that its mark has in proportion, up to the first empty one.
	table []place
}

// A place is where a name is found in the table.
type place struct {
	mark uint32 // of the key
	name uint32 // its number, plus 1; 0 is an empty place
}

func (ns *names) at(id uint32) *name { return &ns.pages[id>>namePageBits][id&(namePage-1)] }

// keyMark mixes the hash of a key. What has none goes by its name.
func keyMark(k *graph.Key) uint32 {
	a, b := binary.LittleEndian.Uint64(k.Hash[:]), binary.LittleEndian.Uint64(k.Hash[8:])
	if a|b == 0 {
		for _, c := range []byte(k.Name) {
			a = (a ^ uint64(c)) * 0x100000001b3
		}
	}
	hi, lo := mathbits.Mul64(a^0x9e3779b97f4a7c15, b^0xd6e8feb86659fd93)
	return uint32((hi ^ lo) >> 32)
}

// home is where a mark would best be.
func (ns *names) home(mark uint32) int { return int(uint64(mark) * uint64(len(ns.table)) >> 32) }

func (ns *names) following(k int) int {
	if k++; k < len(ns.table) {
		return k
	}
	return 0
}

// find returns the name of that key, or nil.
func (ns *names) find(key graph.Key) *name {
	if ns.live == 0 {
		return nil
	}
	mark := keyMark(&key)
	for k := ns.home(mark); ns.table[k].name != 0; k = ns.following(k) {
		if ns.table[k].mark == mark {
			if n := ns.at(ns.table[k].name - 1); n.key == key {
				return n
			}
		}
	}
	return nil
}

// add returns a new name, which nobody wants, of a key that has none.
func (ns *names) add(key graph.Key, task uint32) *name {
	var id uint32
	if n := len(ns.free); n > 0 {
		id, ns.free = ns.free[n-1], ns.free[:n-1]
	} else {
		if id = ns.used; id>>namePageBits == uint32(len(ns.pages)) {
			ns.pages = append(ns.pages, new([namePage]name))
		}
		ns.used++
	}
	ns.live++
	if ns.live > len(ns.table)/4*3 {
		ns.rehash(2 * ns.live)
	}
	ns.enter(place{keyMark(&key), id + 1})
	n := ns.at(id)
	*n = name{key: key, task: task, id: id, after: id, prev: none, next: none}
	return n
}

// reserve makes room in the table for n more names: no more than for those if
// they are most of it, else by so much that many small submissions cost no more.
func (ns *names) reserve(n int) {
	if n += ns.live; n > len(ns.table)/4*3 {
		ns.rehash(max(n+n/3, len(ns.table)/2*3))
	}
}

func (ns *names) rehash(size int) {
	old := ns.table
	ns.table = make([]place, max(64, size+4))
	for _, p := range old {
		if p.name != 0 {
			ns.enter(p)
		}
	}
}

func (ns *names) enter(p place) {
	k := ns.home(p.mark)
	for ns.table[k].name != 0 {
		k = ns.following(k)
	}
	ns.table[k] = p
}

// remove forgets n. With the last name goes all memory but a little.
func (ns *names) remove(n *name) {
	k := ns.home(keyMark(&n.key))
	for ns.table[k].name != n.id+1 {
		k = ns.following(k)
	}
	ns.vacate(k)
	ns.free = append(ns.free, n.id)
	*n = name{}
	if ns.live--; ns.live == 0 {
		ns.pages, ns.free, ns.used = ns.pages[:1:1], nil, 0
		if len(ns.table) > 2*namePage {
			ns.table = nil
		}
	}
}

// vacate empties place k, and moves up those behind it that would be looked for
// from there or before.
func (ns *names) vacate(k int) {
	size := len(ns.table)
	for j := ns.following(k); ns.table[j].name != 0; j = ns.following(j) {
		from := j - ns.home(ns.table[j].mark) // how far it is from its home
		gap := j - k
		if from < 0 {
			from += size
		}
		if gap < 0 {
			gap += size
		}
		if from >= gap {
			ns.table[k] = ns.table[j]
			k = j
		}
	}
	ns.table[k] = place{}
}

// namesOf yields the names of task i, in the order in which it got them. The
// one that is yielded may be removed meanwhile.
func (m *Machine) namesOf(i uint32) func(yield func(*name) bool) {
	return func(yield func(*name) bool) {
		last := m.tasks.cold(i).name
		if last == none {
			return
		}
		for id := m.names.at(last).after; ; {
			n := m.names.at(id)
			next := n.after
			if !yield(n) || id == last {
				return
			}
			id = next
		}
	}
}

// newName gives a key that has none to task i.
func (m *Machine) newName(k graph.Key, i uint32) *name {
	n := m.names.add(k, i)
	d := m.tasks.cold(i)
	if d.name != none {
		last := m.names.at(d.name)
		n.after, last.after = last.after, n.id
	}
	d.name = n.id
	if kp := m.keeps[k]; kp != nil {
		kp.of = n
		d.wants++
	}
	if len(m.pins) > 0 {
		d.wants += m.pins[k] // see movePins
	}
	return n
}

// removeName takes n, which nobody wants, from its task.
func (m *Machine) removeName(n *name) {
	d := m.tasks.cold(n.task)
	before := n
	for before.after != n.id {
		before = m.names.at(before.after)
	}
	before.after = n.after
	switch {
	case before == n:
		d.name = none
	case d.name == n.id:
		d.name = before.id
	}
	m.names.remove(n)
}

// firstName returns the oldest name of task i, or nil.
func (m *Machine) firstName(i uint32) *name {
	if last := m.tasks.cold(i).name; last != none {
		return m.names.at(m.names.at(last).after)
	}
	return nil
}
