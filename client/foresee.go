package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// limitsGood is for how long what workers have is taken for granted: a graph that
// fits is not checked against every worker that comes or goes meanwhile, since
// the scheduler refuses single tasks anyway.
const limitsGood = time.Second

// limits are the memory limits of the workers.
type limits struct {
	at      time.Time
	workers []WorkerInfo
	least   int64 // the smallest; 0 if none has one
}

// foresee returns an error if some task of g surely needs more memory than any
// worker has that may run it: before anything of g is brought or runs.
func (c *Client) foresee(ctx context.Context, g *graph.Graph) error {
	if !slices.ContainsFunc(g.Classes, func(k graph.Class) bool { return k.Cost.Sure || k.Cost.SureScratch > 0 }) {
		return nil
	}
	f := graph.Foresee(g)
	most := slices.MaxFunc(f.Sure, func(a, b graph.Need) int { return int(min(max(a.Sure-b.Sure, -1), 1)) })
	now, err := c.limitsFor(ctx, most.Sure)
	if err != nil {
		return err
	}
	for i, n := range f.Sure {
		k := &g.Classes[i]
		if largest, limited := now.largest(&k.Spec); limited && n.Sure > largest {
			return tooLarge(g, n, k, largest)
		}
	}
	return nil
}

// limitsFor returns the limits of the workers, as they are now if so many bytes
// are more than the last known ones.
func (c *Client) limitsFor(ctx context.Context, bytes int64) (limits, error) {
	c.mu.Lock()
	l := c.limits
	c.mu.Unlock()
	if time.Since(l.at) < limitsGood && (l.least == 0 || bytes <= l.least) {
		return l, nil
	}
	in, err := c.Info(ctx)
	if err != nil {
		return l, err
	}
	l = limits{at: time.Now(), workers: in.Workers}
	for _, w := range in.Workers {
		if w.Memory > 0 && (l.least == 0 || w.Memory < l.least) {
			l.least = w.Memory
		}
	}
	c.mu.Lock()
	c.limits = l
	c.mu.Unlock()
	return l, nil
}

// largest returns the largest limit of the workers that may run tasks of s;
// limited is false if one has none, or nobody is known that may.
func (l *limits) largest(s *graph.Spec) (bytes int64, limited bool) {
	for i := range l.workers {
		w := &l.workers[i]
		if !s.Loose && !w.serves(s) {
			continue
		}
		if w.Memory == 0 {
			return 0, false
		}
		bytes = max(bytes, w.Memory)
	}
	return bytes, bytes > 0
}

// serves reports whether s names w, or nobody.
func (w *WorkerInfo) serves(s *graph.Spec) bool {
	named := len(s.Workers) == 0 && len(s.Hosts) == 0 || slices.Contains(s.Hosts, w.Host) ||
		slices.Contains(s.Workers, w.Name) || slices.Contains(s.Workers, w.Address)
	if s.Yields {
		return named
	}
	for _, r := range s.Resources {
		named = named && w.Resources.Milli(r.Name) >= r.Milli
	}
	return named
}

func tooLarge(g *graph.Graph, n graph.Need, k *graph.Class, largest int64) error {
	name := fmt.Sprintf("%d of %d", n.Task+1, g.Len())
	for _, o := range g.Outputs {
		if int(o.Task) == n.Task {
			name = o.Key.String()
		}
	}
	return &graph.TaskError{Kind: graph.KindMemory, Op: k.Name(), Task: name, Message: fmt.Sprintf(
		"nothing was run: it needs %d bytes at once (inputs of %d bytes, scratch of %d, a result of %d), and the largest worker allowed has %d; "+
			"use smaller chunks or partitions, or workers with more memory", n.Sure, n.Inputs, n.Scratch, n.Output, largest)}
}
