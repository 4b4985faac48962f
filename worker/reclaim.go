package worker

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// Reclaim: the scheduler wants an assignment back for another worker, unless it
// has been started.
type Reclaim struct {
	At      time.Duration
	Task    graph.TaskID
	Attempt uint32
}

func (Reclaim) event() {}

// ReportYielded answers a Reclaim: OK says that the task was given up. If not,
// it runs, has ended, or is not known.
type ReportYielded struct {
	Task    graph.TaskID
	Attempt uint32
	OK      bool
}

func (ReportYielded) action() {}

func (m *Machine) reclaim(e Reclaim) {
	t := m.tasks.Get(e.Task)
	ok := t != nil && t.Attempt == e.Attempt && (t.state == waiting || t.state == ready)
	if ok {
		m.giveUp(t)
	}
	m.do(ReportYielded{e.Task, e.Attempt, ok})
}
