package array

import (
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A Placement changes where and how the tasks of an array run.
type Placement func(*graph.Spec)

// OnGPU runs the tasks only on workers that have a device, one task a device
// at a time.
func OnGPU() Placement {
	return func(s *graph.Spec) { s.Resources, s.Auto = graph.Resources{{Name: graph.GPU, Milli: 1000}}, nil }
}

// ByCost runs each task on a device if that is estimated to take less time, copies
// included, than on the CPU threads that there are for each device, and on CPU
// threads otherwise; see graph.Choose. What p is a client says of its cluster
// (Client.Processors). Where every worker with a device is gone, what was to run
// there runs on CPU threads. [Array.Explain] shows what is chosen and why.
func ByCost(p graph.Processors) Placement { return func(s *graph.Spec) { s.Auto = &p } }

// Needs takes resources from the worker while each task runs.
func Needs(r graph.Resources) Placement { return func(s *graph.Spec) { s.Resources = r } }

// OnWorkers runs the tasks only on the named workers.
func OnWorkers(names ...string) Placement { return func(s *graph.Spec) { s.Workers = names } }

// OnHosts runs the tasks only on the named hosts.
func OnHosts(names ...string) Placement { return func(s *graph.Spec) { s.Hosts = names } }

// Loosely makes OnWorkers and OnHosts preferences.
func Loosely() Placement { return func(s *graph.Spec) { s.Loose = true } }

// Priority runs the tasks before those of lower priority.
func Priority(p int) Placement { return func(s *graph.Spec) { s.Priority = int32(p) } }

// Retries runs a task that failed again, up to n times.
func Retries(n int) Placement { return func(s *graph.Spec) { s.Retries = int32(n) } }

// Timeout bounds each execution of a task.
func Timeout(d time.Duration) Placement { return func(s *graph.Spec) { s.Timeout = d } }

// With returns a whose own tasks run as the placements say. What a is made of
// is not touched; what is made of a inherits its placement, if all operands
// agree in it.
func (a *Array) With(ps ...Placement) *Array {
	if a.err != nil {
		return a
	}
	s := a.spec
	for _, p := range ps {
		p(&s)
	}
	return a.respec(s)
}
