package schedload

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// An audit follows what becomes of each task: it is assigned once, after all
// that it depends on was done or given to the same worker before, and is done
// once. It takes more time than the scheduler, so timed runs have none.
type audit struct {
	graph  *graph.Graph
	holder []sched.WorkerID // to whom each task was assigned; 0 is nobody
	done   []bool
	wrong  error // the first thing
}

// Audit watches over all that is submitted from now on; Verdict says what it
// saw.
func (c *Cluster) Audit() { c.audit = &audit{} }

// Verdict is nil if all tasks of the last graph ran as they should.
func (c *Cluster) Verdict() error {
	for i, d := range c.audit.done {
		if !d {
			c.audit.blame("task %d never ran", i)
		}
	}
	return c.audit.wrong
}

func (a *audit) begin(g *graph.Graph) {
	*a = audit{graph: g, holder: make([]sched.WorkerID, g.Len()), done: make([]bool, g.Len())}
}

func (a *audit) blame(format string, args ...any) {
	if a.wrong == nil {
		a.wrong = fmt.Errorf("schedload: "+format, args...)
	}
}

func (a *audit) assign(w sched.WorkerID, t *sched.Assignment) {
	i := t.Task.Index()
	if a.holder[i] != 0 {
		a.blame("task %v is assigned to worker %d and was to %d", t.Task, w, a.holder[i])
	}
	a.holder[i] = w
	for _, d := range a.graph.TaskDeps(int(i)) {
		if j := d.Ref.Index(); !a.done[j] && a.holder[j] != w {
			a.blame("task %v is assigned to worker %d before its dependency %d is there", t.Task, w, j)
		}
	}
}

func (a *audit) finish(tasks []sched.Done) {
	for _, t := range tasks {
		if a.done[t.Task.Index()] {
			a.blame("task %v is done twice", t.Task)
		}
		a.done[t.Task.Index()] = true
	}
}
