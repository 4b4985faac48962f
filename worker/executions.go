package worker

import (
	"iter"

	"github.com/ashlar-go/ashlar/graph"
)

// An execution is one attempt of a task that runs. Several attempts of one task
// can run at once, all but the last given up.
type execution struct {
	task    *task
	aborted bool
	brief   bool // when it was started
	stance  stance
	wish    uint32     // how often it wanted to come back
	later   *execution // of the same task, the next attempt
}

// executions are all that run. Each has a task of its own.
type executions struct {
	first graph.TaskMap[*execution] // of each task
	n     int
}

func (s *executions) len() int { return s.n }

func (s *executions) get(id graph.TaskID, attempt uint32) *execution {
	x := s.first.Get(id)
	for x != nil && x.task.Attempt != attempt {
		x = x.later
	}
	return x
}

// add takes x, whose attempt is above those that are there.
func (s *executions) add(x *execution) {
	s.n++
	at := s.first.Get(x.task.ID)
	if at == nil {
		s.first.Set(x.task.ID, x)
		return
	}
	for at.later != nil {
		at = at.later
	}
	at.later = x
}

// remove takes x, which is there, away.
func (s *executions) remove(x *execution) {
	s.n--
	at := s.first.Get(x.task.ID)
	switch {
	case at != x:
		for at.later != x {
			at = at.later
		}
		at.later = x.later
	case x.later != nil:
		s.first.Set(x.task.ID, x.later)
	default:
		s.first.Delete(x.task.ID)
	}
}

// all yields them by task, then attempt.
func (s *executions) all() iter.Seq[*execution] {
	return func(yield func(*execution) bool) {
		for _, x := range s.first.All() {
			for ; x != nil; x = x.later {
				if !yield(x) {
					return
				}
			}
		}
	}
}
