package sched

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
)

// A group is the tasks that may run on the same workers because they are
// restricted alike. Group 0 is the unrestricted ones.
type group struct {
	index    uint32
	id       string // in Machine.groupByID
	users    int    // classes of runs, and groups of which it is the fallback
	idle     bool   // in Machine.idle
	need     graph.Resources
	workers  []string
	hosts    []string
	fallback *group // of a restriction that yields, for when there is no member
	yields   bool   // need yields: whoever has it is a member before the fallback serves
	members  []*worker
	loads    tree
	queue    queue    // of what fits into the memory of every member
	bulky    queue    // of what fits into that of some
	unplaced []uint32 // NoWorker tasks; may hold others
	astir    bool     // see stir
	threads  int      // of all members
	smallest int64    // the least and the most memory of a member; 0 is unlimited
	largest  int64
}

// groupOf returns the group of tasks with the restrictions of s.
func (m *Machine) groupOf(s *graph.Spec) *group {
	if len(s.Resources) == 0 && len(s.Workers) == 0 && len(s.Hosts) == 0 {
		return m.groups[0]
	}
	loose := s.Loose && len(s.Workers)+len(s.Hosts) > 0
	yields := s.Yields && len(s.Resources) > 0
	id := fmt.Sprintf("%q %q %q %t %t", s.Resources.String(), s.Workers, s.Hosts, loose, yields)
	if g := m.groupByID[id]; g != nil {
		return g
	}
	g := m.newGroup(s.Resources, s.Workers, s.Hosts)
	m.groupByID[id], g.id = g, id
	switch g.yields = yields; {
	case loose: // yields before the resources do
		g.fallback = m.groupOf(&graph.Spec{Resources: s.Resources, Yields: yields})
	case yields:
		g.fallback = m.groupOf(&graph.Spec{Workers: s.Workers, Hosts: s.Hosts})
	}
	if g.fallback != nil {
		g.fallback.users++
	}
	return g
}

func (m *Machine) newGroup(need graph.Resources, workers, hosts []string) *group {
	g := &group{need: need, workers: workers, hosts: hosts, loads: newTree()}
	m.addGroup(g)
	for _, w := range m.inOrder() {
		if g.admits(w) {
			m.enter(g, w)
		}
	}
	return g
}

// inOrder returns the workers by age.
func (m *Machine) inOrder() []*worker {
	ws := make([]*worker, 0, len(m.workerByID))
	for _, w := range m.workers {
		if w != nil {
			ws = append(ws, w)
		}
	}
	slices.SortFunc(ws, func(a, b *worker) int { return cmp.Compare(a.id, b.id) })
	return ws
}

// admits reports whether w has, when idle, all that g asks for, and stays.
func (g *group) admits(w *worker) bool {
	if w.retiring || !w.total.Covers(g.need) {
		return false
	}
	if len(g.workers)+len(g.hosts) == 0 {
		return true
	}
	return slices.Contains(g.workers, w.name) || w.addr != "" && slices.Contains(g.workers, w.addr) ||
		slices.Contains(g.hosts, w.host)
}

// open reports whether w, a member, can be given a task of g now.
func (g *group) open(w *worker) bool { return !w.closed() && w.free.Covers(g.need) }

// serving returns the group whose workers a task of g may run on now.
func (g *group) serving() *group {
	for len(g.members) == 0 && g.fallback != nil {
		g = g.fallback
	}
	return g
}

// queues returns both.
func (g *group) queues() [2]*queue { return [...]*queue{&g.queue, &g.bulky} }

// queueFor returns the queue of tasks that need so much memory.
func (g *group) queueFor(need int64) *queue {
	if g.smallest > 0 && need > g.smallest {
		return &g.bulky
	}
	return &g.queue
}

// enter makes w a member of g. If it has less memory than the others, what is
// queued may not fit there: it is considered again, as is what had no worker.
func (m *Machine) enter(g *group, w *worker) {
	g.members = append(g.members, w)
	g.loads.add(g, w)
	before := g.smallest
	g.admit(w, len(g.members) == 1)
	w.groups = append(w.groups, g)
	if g.smallest > 0 && (before == 0 || g.smallest < before) {
		m.disperse(&g.queue)
	}
	if len(g.members) == 1 && g.yields { // what its fallbacks have queued takes of w from now on
		for f := g.fallback; f != nil; f = f.fallback {
			for _, q := range f.queues() {
				m.disperse(q)
			}
		}
	}
	unplaced := g.unplaced
	g.unplaced = nil
	for _, i := range unplaced {
		if m.isUnplaced(g, i) {
			m.reconsider(i)
		}
	}
}

func (m *Machine) isUnplaced(g *group, i uint32) bool {
	return i < m.tasks.used && m.tasks.hot(i).state == StateNoWorker && m.tasks.cold(i).queue == g.queue.id
}

// reconsider seeks a place again for a task that is ready.
func (m *Machine) reconsider(i uint32) {
	m.dequeue(i)
	m.move(i, StateWaiting)
	m.ready = append(m.ready, i)
}

// disperse seeks other places for all that is in q.
func (m *Machine) disperse(q *queue) {
	for q.live > 0 {
		m.reconsider(m.head(q))
	}
}

// quitAll lets w have no more tasks. What was queued for it goes elsewhere.
func (m *Machine) quitAll(w *worker) {
	for _, g := range w.groups {
		m.quit(g, w)
	}
	w.groups = nil
	m.disperse(&w.backlog)
}

// quit takes w out of g. If w was the only member, or none of the others has as
// much memory, what is queued may have waited for w alone: it is considered
// again.
func (m *Machine) quit(g *group, w *worker) {
	g.members = slices.DeleteFunc(g.members, func(v *worker) bool { return v == w })
	g.loads.remove(w)
	before := g.largest
	g.gauge()
	shrunk := g.largest != 0 && (before == 0 || g.largest < before)
	if len(g.members) > 0 && !shrunk {
		return
	}
	for _, q := range g.queues() {
		m.disperse(q)
	}
}

// gauge computes the least and the most memory of a member.
func (g *group) gauge() {
	g.smallest, g.largest, g.threads = 0, 0, 0
	for i, w := range g.members {
		g.admit(w, i == 0)
	}
}

// admit takes a member, the first or another, into account.
func (g *group) admit(w *worker, first bool) {
	g.threads += w.threads
	switch {
	case w.memory == 0:
		g.largest = 0
	case first || g.largest > 0:
		g.largest = max(g.largest, w.memory)
	}
	if w.memory > 0 && (g.smallest == 0 || w.memory < g.smallest) {
		g.smallest = w.memory
	}
}

// missing says why no worker serves g, and which workers there are.
func (m *Machine) missing(g *group) string {
	var what []string
	if len(g.need) > 0 {
		what = append(what, "resource "+g.need.String())
	}
	if len(g.workers) > 0 {
		what = append(what, "name "+strings.Join(g.workers, " or "))
	}
	if len(g.hosts) > 0 {
		what = append(what, "host "+strings.Join(g.hosts, " or "))
	}
	ws := m.inOrder()
	if len(ws) == 0 {
		return "there is no worker"
	}
	var have []string
	for k, w := range ws {
		if k == 8 {
			have = append(have, fmt.Sprintf("and %d more", len(ws)-k))
			break
		}
		have = append(have, w.describe())
	}
	return fmt.Sprintf("no worker has %s; workers: %s", strings.Join(what, ", "), strings.Join(have, ", "))
}
