package schedload

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

func TestShapesRunAndAreForgotten(t *testing.T) {
	for _, s := range Shapes() {
		for _, workers := range []int{1, 10, 300} {
			t.Run(fmt.Sprintf("%s/workers=%d", s.Name, workers), func(t *testing.T) {
				g := s.Make(5000)
				c := New(workers)
				c.Audit()
				for range 2 { // the second finds a used scheduler
					c.Submit(g)
					if err := c.Finish(g.Len()); err != nil {
						t.Fatal(err)
					}
					if err := c.Verdict(); err != nil {
						t.Fatal(err)
					}
					if err := c.Forget(g); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

func TestShapesAreWhatTheySay(t *testing.T) {
	perTask := map[string]float64{"random": 2, "tree": 1, "stencil": 3, "shuffle": 16}
	for _, s := range Shapes() {
		g := s.Make(100_000)
		if err := g.Validate(); err != nil {
			t.Fatal(err)
		}
		if n := g.Len(); math.Abs(float64(n)/100_000-1) > 0.01 {
			t.Errorf("%s has %d tasks", s.Name, n)
		}
		if culled := graph.Cull(g); culled.Len() != g.Len() {
			t.Errorf("%s: only %d of %d tasks are needed", s.Name, culled.Len(), g.Len())
		}
		if d := float64(len(g.Deps)) / float64(g.Len()); math.Abs(d/perTask[s.Name]-1) > 0.06 {
			t.Errorf("%s has %.2f dependencies a task, want %v", s.Name, d, perTask[s.Name])
		}
	}
}

// TestAuditSees what a wrong scheduler would do.
func TestAuditSees(t *testing.T) {
	b := &graph.Builder{}
	r := b.Add(work, nil)
	output(b, b.Add(work, nil, r.Whole()))
	task := func(i uint32) *sched.Assignment { return &sched.Assignment{Task: graph.NewTaskID(1, i)} }
	done := func(i uint32) []sched.Done { return []sched.Done{{Task: graph.NewTaskID(1, i)}} }
	for want, do := range map[string]func(a *audit){
		"before its dependency": func(a *audit) { a.assign(1, task(0)); a.assign(2, task(1)) },
		"and was to 1":          func(a *audit) { a.assign(1, task(0)); a.assign(1, task(0)) },
		"done twice":            func(a *audit) { a.finish(done(0)); a.finish(done(0)) },
		"never ran":             func(a *audit) { a.finish(done(0)) },
	} {
		c := &Cluster{audit: &audit{}}
		c.audit.begin(b.Graph())
		do(c.audit)
		if err := c.Verdict(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that says %q", err, want)
		}
	}
}
