package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/worker"
)

// tailLines is how much of the trace goes into an error.
const tailLines = 60

// A trace is what happened: always a hash, equal for equal runs, and lines of
// text if somebody wants to read them, which takes longer than the run.
type trace struct {
	hash uint64
	text bool
	last []string
	n    int
	show func(string)
}

func (t *trace) init(show func(string), text bool) {
	t.hash, t.show, t.text = 14695981039346656037, show, text || show != nil
}

// mix enters numbers into the hash.
func (t *trace) mix(xs ...uint64) {
	for _, x := range xs {
		t.hash = (t.hash ^ x) * 0x9e3779b97f4a7c15
		t.hash ^= t.hash >> 29
	}
}

func (t *trace) line(now time.Duration, format string, args ...any) {
	s := fmt.Sprintf("%12v ", now) + fmt.Sprintf(format, args...)
	if t.show != nil {
		t.show(s)
	}
	if len(t.last) < tailLines {
		t.last = append(t.last, s)
	} else {
		t.last[t.n%tailLines] = s
	}
	t.n++
}

// tail returns the last lines.
func (t *trace) tail() string {
	if len(t.last) < tailLines {
		return strings.Join(t.last, "\n")
	}
	k := t.n % tailLines
	return strings.Join(append(t.last[k:len(t.last):len(t.last)], t.last[:k]...), "\n")
}

// event traces what the scheduler hears.
func (t *trace) event(now time.Duration, e sched.Event) {
	if !t.text {
		return
	}
	switch e := e.(type) {
	case sched.Tick:
	case sched.WorkerStatus:
		if e.Paused || len(e.Running) > 0 {
			t.line(now, "  > status %d, paused %t, runs %v", e.Worker, e.Paused, e.Running)
		}
	case sched.Submit:
		t.line(now, "  > submit run %d of client %d: %d tasks, %v", e.Run, e.Client, e.Graph.Len(), e.Graph.Outputs)
	case sched.Failed:
		t.line(now, "  > failed %v.%d at %d: %v", e.Task, e.Attempt, e.Worker, e.Err.Message)
	default:
		t.line(now, "  > %T %+v", e, e)
	}
}

// action traces what the scheduler says.
func (t *trace) action(now time.Duration, a sched.Action) {
	if !t.text {
		return
	}
	switch a := a.(type) {
	case sched.Assign:
		for _, x := range a.Tasks {
			t.line(now, "< assign to %d: %v.%d %v", a.Worker, x.Task, x.Attempt, x.Deps)
		}
	case sched.Erred:
		t.line(now, "< erred for %d: %v: %v", a.Client, a.Key, a.Err)
	default:
		t.line(now, "< %T %+v", a, a)
	}
}

// node traces what a worker hears of its peers and threads.
func (t *trace) node(now time.Duration, n *node, e worker.Event) {
	if !t.text {
		return
	}
	switch e := e.(type) {
	case worker.Tick:
	case worker.Assign, worker.Abort, worker.Free:
		t.line(now, "    process %d (%d) hears %T", n.number, n.id, e)
	case worker.Failed:
		t.line(now, "    process %d (%d): failed %v.%d", n.number, n.id, e.Task, e.Attempt)
	default:
		t.line(now, "    process %d (%d): %T %+v", n.number, n.id, e, e)
	}
}
