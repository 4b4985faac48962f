package sched

import "slices"

// Groups, and what was measured of ops, outlive the runs that brought them: the
// next run is likely to need them again. Those that no run has use for are
// forgotten when there are many.

const (
	idleGroups = 64
	idleOps    = 4096
)

// An idling is what no run uses, the longest unused first. It may hold others.
type idling struct {
	groups []*group
	ops    []*op
}

// use counts the classes of a run that is new.
func (m *Machine) use(c *class) {
	c.op.users++
	m.groups[c.group].users++
}

// disuse counts the classes of r, which has ended.
func (m *Machine) disuse(r *run) {
	for i := range r.classes {
		c := &r.classes[i]
		if c.op.users--; c.op.users == 0 && !c.op.idle {
			c.op.idle = true
			m.idle.ops = append(m.idle.ops, c.op)
		}
		m.unuseGroup(m.groups[c.group])
	}
	r.classes = nil
	for len(m.idle.ops) > idleOps {
		o := m.idle.ops[0]
		m.idle.ops = m.idle.ops[1:]
		if o.idle = false; o.users == 0 {
			delete(m.ops, o.name)
		}
	}
	for len(m.idle.groups) > idleGroups {
		g := m.idle.groups[0]
		m.idle.groups = m.idle.groups[1:]
		if g.idle = false; g.users == 0 {
			m.forgetGroup(g)
		}
	}
}

func (m *Machine) unuseGroup(g *group) {
	if g.users--; g.users == 0 && !g.idle && g.index != 0 {
		g.idle = true
		m.idle.groups = append(m.idle.groups, g)
	}
}

// forgetGroup takes g, in which nothing is queued, from its members, and gives
// its number back.
func (m *Machine) forgetGroup(g *group) {
	for _, w := range g.members {
		w.groups = slices.DeleteFunc(w.groups, func(o *group) bool { return o == g })
	}
	g.members, g.loads = nil, newTree()
	delete(m.groupByID, g.id)
	m.groups[g.index] = nil
	m.freeGroups = append(m.freeGroups, g.index)
	if g.fallback != nil {
		m.unuseGroup(g.fallback)
	}
}

// addGroup gives g a number.
func (m *Machine) addGroup(g *group) {
	if n := len(m.freeGroups); n > 0 {
		g.index, m.freeGroups = m.freeGroups[n-1], m.freeGroups[:n-1]
		m.groups[g.index] = g
	} else {
		g.index = uint32(len(m.groups))
		m.groups = append(m.groups, g)
	}
	g.queue.id, g.bulky.id = g.index<<2, g.index<<2|2
}
