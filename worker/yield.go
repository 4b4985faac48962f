package worker

import "github.com/ashlar-go/ashlar/graph"

// yieldWeight is how many results an average remembers, roughly.
const yieldWeight = 8

// mostYield bounds by how much more than its estimate a result counts: one that
// was said to take next to nothing says little of the next.
const mostYield = 16

// A yield is how large the results of tasks of one name are: as parts of what
// their ops expect, and in bytes where these expect nothing.
type yield struct {
	parts float64 // 0: not known
	bytes int64
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

// note takes the size of a result into account.
func (y *yield) note(c *graph.Class, bytes int64) {
	if y == nil {
		return
	}
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
