package worker

import (
	"math"
	"time"
)

// Spilling. Values whose memory is short are moved to disk, where they stay
// until they are dropped: whoever reads one maps it, once for all who read it at
// a time, and that takes memory like anything else. Those go first that were needed
// least recently; what a running execution reads stays, since to write it would
// free nothing.
type (
	// Spill asks for a value to be moved to disk. Spilled answers it.
	Spill struct {
		Request uint64
		Item    Item
	}
	// Starve says to an execution that waits for memory that there will be no
	// more: see Short.
	Starve struct{}
	// Relieved says to them that as much has left memory as they asked for. If
	// others were faster, or somebody still reads what left, they ask again.
	Relieved struct{}

	// Spilled: a Spill ended. OK says that the value is on disk, where it has so
	// many bytes, in so many parts that are read one by one; otherwise it is
	// where it was, if it still is.
	Spilled struct {
		At      time.Duration
		Request uint64
		OK      bool
		Bytes   int64
		Parts   int
	}
	// Short: executions wait for so many bytes of memory, and nothing that
	// runs will free any. Relieved answers, or Starve; one answer stands for all
	// that were asked before it.
	Short struct {
		At    time.Duration
		Bytes int64
	}
)

func (Spilled) event() {}
func (Short) event()   {}

func (Spill) action()    {}
func (Starve) action()   {}
func (Relieved) action() {}

const (
	// spillable is from which size on values are spilled, in bytes: disks have
	// blocks.
	spillable = 64 << 10
	// spillFlights is how many values are moved at once.
	spillFlights = 2
	// spillLook is how many of the values that were needed least recently are
	// looked at for one that no task here waits for.
	spillLook = 32
	// diskRest is how long a disk that failed is left alone.
	diskRest = 5 * time.Second
)

type place uint8

const (
	inMemory place = iota
	leaving        // being moved to disk
	onDisk
)

// A disk is what the machine knows of the values that it spills.
type disk struct {
	oldest, newest *value // in memory, large enough, by when they were needed
	leaving        map[uint64]*value
	going          int64 // bytes of these
	bytes          int64 // on disk
	read           int64 // what executions keep in memory of these
	requests       uint64
	evicting       bool          // until there is as much room as there should be
	short          int64         // bytes that executions wait for
	fetch          int64         // bytes of what is to be fetched next, and has no room
	rest           time.Duration // until when nothing is written
}

// spills reports whether the worker has a disk to spill to.
func (m *Machine) spills() bool { return m.cfg.SpillAbove > 0 && m.cfg.Memory > 0 }

// touch makes v the value that was needed last.
func (m *Machine) touch(v *value) {
	if !m.spills() || v.bytes < spillable || v.place != inMemory || v.pinned {
		return
	}
	d := &m.disk
	d.unlink(v)
	v.older = d.newest
	if d.newest != nil {
		d.newest.newer = v
	} else {
		d.oldest = v
	}
	d.newest = v
}

// pin keeps v, the state of an actor, in memory.
func (m *Machine) pin(v *value) {
	v.pinned = true
	m.disk.unlink(v)
}

// unlink takes v out of the list, if it stands there.
func (d *disk) unlink(v *value) {
	if v.older == nil && v.newer == nil && d.oldest != v {
		return
	}
	if v.older != nil {
		v.older.newer = v.newer
	} else {
		d.oldest = v.newer
	}
	if v.newer != nil {
		v.newer.older = v.older
	} else {
		d.newest = v.older
	}
	v.older, v.newer = nil, nil
}

// forget follows the removal of v from the values.
func (d *disk) forget(v *value) {
	d.unlink(v)
	switch v.place {
	case onDisk:
		d.bytes -= v.bytes
	case leaving:
		d.going -= v.bytes
		v.bytes = 0
	}
	v.item = Item{}
}

// used is what takes memory, or is expected to, less what is on its way out.
func (m *Machine) used() int64 { return m.managed + m.reserved + m.disk.read - m.disk.going }

// makeRoom moves values to disk as long as too much is used, a task that is
// ready or what is to be fetched does not fit, or executions wait for memory.
func (m *Machine) makeRoom() {
	if !m.spills() {
		return
	}
	d := &m.disk
	for len(d.leaving) < spillFlights {
		goal := m.roomWanted()
		if goal <= 0 {
			return
		}
		v := d.victim()
		if v == nil || m.now < d.rest {
			d.evicting = false
			if d.short > 0 && len(d.leaving) == 0 {
				d.short = 0
				m.do(Starve{})
			}
			return
		}
		d.unlink(v)
		d.requests++
		d.leaving[d.requests] = v
		d.going += v.bytes
		v.place = leaving
		m.do(Spill{d.requests, v.item})
	}
}

// roomWanted returns how many bytes more should leave.
func (m *Machine) roomWanted() int64 {
	d, used, limit := &m.disk, m.used(), float64(m.space)
	above, to := int64(limit*m.cfg.SpillAbove), int64(limit*m.cfg.SpillTo)
	if used > above {
		d.evicting = true
	} else if used <= to {
		d.evicting = false
	}
	goal := d.short - d.going
	if d.fetch > 0 {
		goal = max(goal, used+m.coming+d.fetch-m.space)
	}
	if d.evicting {
		goal = max(goal, used-to)
	}
	for i := range m.lanes {
		l := &m.lanes[i]
		if t := l.next(); t != nil && !m.paused && l.busy < m.cfg.Lanes[i].Slots {
			goal = max(goal, used+m.coming+t.yield.need(t)+m.mapped(t)-m.space)
		}
	}
	return goal
}

// victim returns the value to spill next; nil if there is none.
func (d *disk) victim() *value {
	var first *value
	look := 0
	for v := d.oldest; v != nil && (look < spillLook || first == nil); v = v.newer {
		look++
		if v.active > 0 {
			continue
		}
		if v.users == 0 {
			return v
		}
		if first == nil {
			first = v
		}
	}
	return first
}

// canSpill reports whether memory may come free without anything else
// happening.
func (m *Machine) canSpill() bool {
	return m.spills() && (len(m.disk.leaving) > 0 || m.now >= m.disk.rest && m.disk.victim() != nil)
}

// maps reports whether who begins to read v now maps it.
func (v *value) maps() bool { return v.place == onDisk && (v.active == 0 || v.lingers) }

// mapped returns the bytes on disk that t maps when it starts.
func (m *Machine) mapped(t *task) (n int64) {
	if m.disk.bytes == 0 {
		return 0
	}
	for _, u := range t.uses {
		switch v := m.values.get(u.Item); {
		case u.part && v.place == onDisk:
			n += v.share
		case !u.part && v.maps():
			n += v.bytes
		}
	}
	return n
}

func (m *Machine) spilled(e Spilled) {
	d := &m.disk
	v := d.leaving[e.Request]
	if v == nil {
		return // everything was reset meanwhile
	}
	delete(d.leaving, e.Request)
	d.going -= v.bytes
	if v.place = inMemory; m.values.get(v.item) != v {
		return // it was dropped
	}
	if !e.OK {
		d.rest = m.now + diskRest
		m.touch(v)
		return
	}
	m.managed -= v.bytes
	v.place, v.bytes = onDisk, e.Bytes
	d.bytes += v.bytes
	v.share = v.bytes / int64(max(1, e.Parts))
	d.read += int64(v.peeks) * v.share
	if v.lingers = v.active > 0; v.lingers {
		v.kept = v.bytes
		d.read += v.kept
		return // nothing has come free
	}
	if d.short > 0 {
		if d.short -= v.bytes; d.short <= 0 {
			d.short = 0
			m.do(Relieved{})
		}
	}
}

// shortOf notes that executions wait for memory.
func (m *Machine) shortOf(bytes int64) {
	m.disk.short = max(m.disk.short, bytes)
	if !m.spills() {
		m.disk.short = 0
		m.do(Starve{})
	}
}

// activate notes that an execution begins, or ends, to read the values of t.
func (m *Machine) activate(t *task, by int) {
	if !m.spills() {
		return
	}
	for _, u := range t.uses {
		if v := m.values.get(u.Item); v != nil {
			m.keep(v, u.part, by)
			m.touch(v)
		}
	}
}

// keep counts who reads v, or a part of it, and what of it they keep in memory.
func (m *Machine) keep(v *value, part bool, by int) {
	if part {
		if v.peeks += by; v.place == onDisk {
			m.disk.read += int64(by) * v.share
		}
		return
	}
	if by > 0 && v.maps() {
		v.kept += v.bytes
		m.disk.read += v.bytes
		v.lingers = false
	}
	if v.active += by; v.active == 0 {
		m.disk.read -= v.kept
		v.kept, v.lingers = 0, false
	}
}

// OnDisk returns the bytes of the values on disk.
func (m *Machine) OnDisk() int64 { return m.disk.bytes }

// fetchRoom returns how many bytes may be fetched now, of which w is first, and
// whether that is to be. What a task waits for is fetched when the task can run
// then: values that are small never leave, and many of them, of tasks to come, would
// take the memory that those before them need to run at all.
func (m *Machine) fetchRoom(w *want) (room int64, ok bool) {
	if !m.spills() {
		return math.MaxInt64, true
	}
	room = m.space - m.used() - m.coming - m.ahead(w.urgent)
	return room, room >= w.bytes || len(m.flights) == 0 && m.Busy() == 0 && !m.canSpill() && !m.anyReady()
}

// anyReady reports whether a task could be started if there were memory.
func (m *Machine) anyReady() bool {
	for i := range m.lanes {
		if m.lanes[i].next() != nil {
			return true
		}
	}
	return false
}

// ahead is what is to stay free for t beside what runs: it will run as well where
// its lane has a slot for it, or else when another ends.
func (m *Machine) ahead(t *task) int64 {
	if t == nil {
		return 0
	}
	need, l := t.yield.need(t), &m.lanes[t.Lane]
	if l.busy < m.cfg.Lanes[t.Lane].Slots {
		return need
	}
	return max(0, need-m.reserved/int64(m.execs.len()))
}
