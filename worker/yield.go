package worker

import "github.com/ashlar-go/ashlar/graph"

// yieldWeight is how many results an average remembers, roughly.
const yieldWeight = 8

// mostYield bounds by how much more than its estimate a result counts: one that
// was said to take next to nothing says little of the next.
const mostYield = 16

// A yield is how large the results of tasks of one name are: as parts of what
// their ops expect, and in bytes where these expect nothing. And it is how much
// their executions had allocated at once at most, results included: as parts of
// what their ops expect as results, or else of their inputs, and in bytes where
// there is neither. Of that the most counts, and is forgotten slowly: to expect
// too little is worse than to wait.
type yield struct {
	parts float64 // 0: not known
	bytes int64
	peaks float64 // likewise
	peak  int64
}

// yield returns that of tasks like those of c; nil where memory has no limit.
func (m *Machine) yield(c *graph.Class) *yield {
	if m.cfg.Memory <= 0 {
		return nil
	}
	name := c.Name()
	if m.lastYield != nil && name == m.lastName {
		return m.lastYield
	}
	y := m.yields[name]
	if y == nil {
		y = &yield{}
		m.yields[name] = y
	}
	m.lastName, m.lastYield = name, y
	return y
}

// expect is how large the result of a task of c is expected to be, in bytes.
func (y *yield) expect(c *graph.Class) int64 {
	switch {
	case y == nil:
	case c.Cost.Output <= 0:
		return y.bytes
	case y.parts > 0:
		return int64(min(float64(c.Cost.Output)*y.parts, 1<<50))
	}
	return c.Cost.Output
}

// inputsOf is how large what t depends on is, all of which is here. Of a part of
// a value it is what was said of it.
func (m *Machine) inputsOf(t *task) (n int64) {
	if t.yield == nil {
		return 0
	}
	for i := range t.Deps {
		d := &t.Deps[i]
		bytes := d.Bytes
		if d.Inline == nil {
			if v := m.values.get(d.Item); v != nil {
				bytes = v.bytes
			}
		}
		n = min(n+bytes, 1<<50)
	}
	return n
}

// need is what t is expected to allocate at once: its result, and what its op
// says that it works in, or what tasks of that name were seen to.
func (y *yield) need(t *task) int64 {
	n := y.expect(t.Class)
	if y == nil || y.peak == 0 {
		return n + t.Class.Cost.Scratch
	}
	if b := t.base(); b > 0 && y.peaks > 0 {
		return max(n, int64(min(float64(b)*y.peaks, 1<<50)))
	}
	return max(n, y.peak)
}

// base is what the peak of t is a part of; 0: it is not.
func (t *task) base() int64 {
	if out := t.Class.Cost.Output; out > 0 {
		return out
	}
	return t.inputs
}

// note takes what an execution of t was seen to do into account: how large its
// result is, and what it had allocated at most, unless that is 0.
func (y *yield) note(t *task, bytes, peak int64) {
	if y == nil {
		return
	}
	if peak > 0 {
		y.peak = most(y.peak, peak)
		if b := t.base(); b > 0 {
			y.peaks = most(y.peaks, float64(peak)/float64(b))
		}
	}
	y.noteResult(t.Class, bytes)
}

// most is the most of what was seen, the last of which is now.
func most[T int64 | float64](old, now T) T {
	if now >= old {
		return now
	}
	return old - (old-now)/yieldWeight
}

func (y *yield) noteResult(c *graph.Class, bytes int64) {
	if c.Cost.Output <= 0 {
		if y.bytes == 0 {
			y.bytes = bytes
		}
		y.bytes += (bytes - y.bytes) / yieldWeight
		return
	}
	parts := min(float64(max(bytes, 1))/float64(c.Cost.Output), mostYield)
	if y.parts == 0 {
		y.parts = parts
	}
	y.parts += (parts - y.parts) / yieldWeight
}
