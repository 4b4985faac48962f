package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

const (
	unknownDuration = 10 * time.Millisecond
	// What a thread is taken to do before an op was measured.
	flopsPerSecond = 5e9
	bytesPerSecond = 5e9

	// An op that takes less than tinyDuration is tiny. A worker may have more
	// tiny tasks than its window, up to tinyWork for each thread and tinyTasks
	// in all, so that it does not starve between messages.
	tinyDuration = time.Millisecond
	tinyWork     = 5 * time.Millisecond
	tinyTasks    = 512

	weight = 4 // a measurement counts for 1/weight of the moving average
)

// An op is what was measured of the tasks of one name.
type op struct {
	name     string
	users    int  // classes of runs
	idle     bool // in Machine.idle
	measured bool
	took     time.Duration // exponentially weighted averages
	bytes    int64
}

// measure takes an execution into account; 0 is none: the result was there.
func (o *op) measure(took time.Duration, bytes int64) {
	if took == 0 {
		return
	}
	took, bytes = max(took, time.Microsecond), max(bytes, 0)
	if !o.measured {
		o.measured, o.took, o.bytes = true, took, bytes
		return
	}
	o.took += (took - o.took) / weight
	o.bytes += (bytes - o.bytes) / weight
}

func (o *op) tiny() bool { return o.measured && o.took < tinyDuration }

func (m *Machine) newClass(c *graph.Class) class {
	o := m.ops[c.Name()]
	if o == nil {
		o = &op{name: c.Name()}
		m.ops[c.Name()] = o
	}
	s := float64(c.Cost.Flops)/flopsPerSecond + float64(c.Cost.Bytes)/bytesPerSecond
	n := class{Class: c, op: o, group: m.groupOf(&c.Spec).index, prior: time.Duration(min(s, 1e9) * 1e9)}
	m.use(&n)
	return n
}

// output is the estimate of the size of a result.
func (c *class) output() int64 {
	if c.op.measured {
		return c.op.bytes
	}
	return c.Cost.Output
}
