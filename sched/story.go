package sched

import (
	"fmt"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A Transition is one step in the life of a task.
type Transition struct {
	At       time.Duration
	Task     graph.TaskID
	From, To State
	Worker   WorkerID // where it was or is Processing or held first; 0 is none
	Attempt  uint32
}

// A story is the last transitions of all tasks, in a ring.
type story struct {
	ring []Transition
	at   int // where the oldest is, once the ring is full
	size int
}

func (s *story) add(t Transition) {
	if len(s.ring) < s.size {
		s.ring = append(s.ring, t)
	} else {
		s.ring[s.at] = t
		if s.at++; s.at == s.size {
			s.at = 0
		}
	}
}

// Story returns what is remembered of a task, oldest first.
func (m *Machine) Story(id graph.TaskID) []Transition {
	var out []Transition
	s := &m.story
	for k := range s.ring {
		if t := &s.ring[(s.at+k)%len(s.ring)]; t.Task == id {
			out = append(out, *t)
		}
	}
	return out
}

func (m *Machine) storyText(id graph.TaskID) string {
	var b strings.Builder
	for _, t := range m.Story(id) {
		fmt.Fprintf(&b, "\t%v %v: %v to %v, worker %d, attempt %d\n", t.At, t.Task, t.From, t.To, t.Worker, t.Attempt)
	}
	return b.String()
}
