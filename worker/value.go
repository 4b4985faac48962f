package worker

import (
	"cmp"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// A value is something that the store has.
type value struct {
	bytes int64
	users int    // tasks that depend on it and have not ended
	freed bool   // the scheduler needs it no more; it goes with its last user
	said  uint64 // the number of the last ReportReplicas that named it; 0: none did

	// See spill.go.
	item         Item
	place        place
	pinned       bool  // it stays in memory
	active       int   // running executions that read all of it
	peeks        int   // running executions that read a part of it
	share        int64 // bytes of each part, while it is on disk
	kept         int64 // bytes that these keep in memory of it, which is on disk
	lingers      bool  // of these, none mapped it: they began before it was there
	older, newer *value
}

// arrive enters a value that the store now has, and readies what waited for
// it. Arriving twice is harmless: the store keeps the first. It is to stay from
// now on, even if what came first was to go with its users: who says so reports
// it.
func (m *Machine) arrive(it Item, bytes int64) {
	if v := m.values.get(it); v != nil {
		v.freed = false
		return
	}
	v := &value{bytes: bytes, item: it}
	m.values.set(it, v)
	m.managed += bytes
	m.touch(v)
	w := m.wants.get(it)
	if w == nil {
		return
	}
	m.settle(w)
	for _, t := range w.waiters {
		if t.state != waiting {
			continue
		}
		v.users++
		t.uses = append(t.uses, use{it, t.wantsPart(it)})
		if t.absent--; t.absent == 0 {
			m.enqueue(t)
		}
	}
}

// wantsPart reports whether t waits only for a part of it.
func (t *task) wantsPart(it Item) bool {
	return it.Part < 0 && slices.ContainsFunc(t.Deps, func(d Dep) bool { return d.Task == it.Task && d.Part >= 0 })
}

// reportReplicas tells the scheduler that these values, which are here, are.
func (m *Machine) reportReplicas(ids []graph.TaskID) {
	m.said++
	for _, id := range ids {
		m.values.get(Item{id, -1}).said = m.said
	}
	m.do(ReportReplicas{ids, m.said})
}

// free takes a value as freed by a scheduler that had heard so many of the
// reports of what is here. One that has yet to hear of this value is told so,
// and would believe that it is here: then the value stays, and it decides again.
func (m *Machine) free(id graph.TaskID, heard uint64) {
	it := Item{id, -1}
	v := m.values.get(it)
	if v == nil {
		m.uncopy(it)
		return
	}
	if v.said > heard {
		return
	}
	m.endActor(id)
	if v.freed = true; v.users == 0 {
		m.drop(it, v)
	}
}

func (m *Machine) unuse(it Item) {
	v := m.values.get(it)
	if v == nil {
		return // everything was reset while the task ran
	}
	if v.users--; v.users == 0 && (v.freed || it.Part >= 0) {
		m.drop(it, v)
	}
}

func (m *Machine) drop(it Item, v *value) {
	m.values.remove(it)
	if len(m.actors) > 0 && it.Part < 0 {
		delete(m.actors, it.Task)
	}
	if v.place != onDisk {
		m.managed -= v.bytes
	}
	m.disk.forget(v)
	m.do(Drop{it})
}

func compareItems(a, b Item) int {
	return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Part, b.Part))
}
