package worker

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Replicate: the scheduler wants whole values copied here, for others than the
// tasks of this worker. They are fetched behind what tasks wait for, and kept
// until the scheduler frees them.
type Replicate struct {
	At    time.Duration
	Items []Dep
}

func (Replicate) event() {}

// ReportUncopied says of values to copy that they cannot be: whoever was said to
// hold them was asked in vain, or there is no room.
type ReportUncopied struct{ Tasks []graph.TaskID }

func (ReportUncopied) action() {}

func (m *Machine) replicate(e Replicate) {
	var have, cannot []graph.TaskID
	room := m.cfg.Memory - m.managed - m.reserved - m.disk.read - m.copying()
	if m.spills() {
		room = m.cfg.Memory - m.copying() // the rest can be moved to disk
	}
	for _, d := range e.Items {
		v := m.values.get(d.Item)
		switch {
		case v != nil:
			v.freed = false
			have = append(have, d.Task)
		case m.cfg.Memory > 0 && d.Bytes > room:
			cannot = append(cannot, d.Task)
		default:
			w := m.seek(d)
			w.copy = true
			room -= d.Bytes
			m.askWhom(w, d.Holders)
		}
	}
	if len(have) > 0 {
		m.reportReplicas(have)
	}
	if len(cannot) > 0 {
		m.do(ReportUncopied{cannot})
	}
}

// copying is the bytes of what is to be copied here.
func (m *Machine) copying() (bytes int64) {
	for w := range m.wants.each { // order-free: a sum
		if w.copy {
			bytes += w.bytes
		}
	}
	return bytes
}

// uncopy forgets that it is to be copied here, if it is.
func (m *Machine) uncopy(it Item) {
	w := m.wants.get(it)
	if w == nil || !w.copy {
		return
	}
	w.copy = false
	if !w.wanted() && w.from == 0 {
		m.settle(w)
	}
}
