package sched

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Info is a summary of a Machine.
type Info struct {
	Tasks   map[State]int // how many known tasks are in each state
	Workers []WorkerInfo  // by age
	Clients int
	Names   int // of locks, queues, variables and the like that are in use
	Stealing
	Replicas
	Rebalancing bool // because a client asked
	Target      Target
}

// WorkerInfo is a summary of a worker.
type WorkerInfo struct {
	ID         WorkerID
	Name, Host string
	Threads    int
	Memory     int64 // limit of its store, bytes; 0 is unlimited
	Resources  graph.Resources
	Free       graph.Resources // of Resources, not reserved
	Processing int
	Occupancy  time.Duration // expected duration of what it is processing
	Values     int           // how many it holds
	Bytes      int64         // of these
	Paused     bool
	Retiring   bool
	Bandwidth  float64      // measured of its fetches, bytes a second; 0 if not known
	Stuck      string       // while retiring: why its values are not moved; empty if they are
	Status     WorkerStatus // the last one
}

// Info returns a summary.
func (m *Machine) Info() Info {
	in := Info{Tasks: map[State]int{}, Clients: len(m.clients), Names: m.coord.InUse(), Stealing: m.stealing, Replicas: m.replicas,
		Rebalancing: m.evening > 0, Target: m.target}
	for s := StateReleased; s < StateForgotten; s++ {
		in.Tasks[s] = m.counts[s]
	}
	for _, w := range m.inOrder() {
		in.Workers = append(in.Workers, WorkerInfo{
			ID: w.id, Name: w.name, Host: w.host, Threads: w.threads, Memory: w.memory,
			Resources: w.total, Free: append(graph.Resources(nil), w.free...),
			Processing: w.processing(), Occupancy: time.Duration(w.occupancy),
			Values: w.held.n + len(w.copies), Bytes: w.bytes, Paused: w.paused, Retiring: w.retiring, Stuck: w.stuck, Bandwidth: w.bandwidth, Status: w.status,
		})
	}
	return in
}

// State returns the state of the task of that id; Forgotten if it is not known.
func (m *Machine) State(id graph.TaskID) State {
	if i := m.find(id); i != none {
		return m.tasks.hot(i).state
	}
	return StateForgotten
}

// Lookup returns the task of a key, and whether it is known.
func (m *Machine) Lookup(k graph.Key) (graph.TaskID, bool) {
	if n := m.names.find(k); n != nil {
		return m.id(n.task), true
	}
	return 0, false
}

// Lacks returns the dependencies of a known task that have no value, or nil.
func (m *Machine) Lacks(id graph.TaskID) []graph.TaskID {
	i := m.find(id)
	if i == none {
		return nil
	}
	var ids []graph.TaskID
	r, deps := m.deps(i)
	for _, d := range deps {
		if j := r.at(d.Ref); j != none && m.tasks.hot(j).state != StateMemory {
			ids = append(ids, m.id(j))
		}
	}
	return ids
}
