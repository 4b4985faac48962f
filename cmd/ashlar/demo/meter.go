package demo

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

// A meter is a Runner that counts the tasks it hands to its client, and shows
// how many of them are done.
type meter struct {
	*client.Client
	show      func(stage string, done, total int64)
	stage     atomic.Pointer[string]
	submitted atomic.Int64
	base      atomic.Int64 // tasks finished before the stage began
	cancel    context.CancelFunc
	wg        sync.WaitGroup
}

func newMeter(ctx context.Context, c *client.Client, show func(string, int64, int64)) *meter {
	ctx, cancel := context.WithCancel(ctx)
	m := &meter{Client: c, show: show, cancel: cancel}
	if show != nil {
		m.wg.Go(func() { m.watch(ctx) })
	}
	return m
}

// Run implements graph.Runner.
func (m *meter) Run(ctx context.Context, g *graph.Graph) ([]graph.Value, error) {
	m.submitted.Add(int64(g.Len()))
	return m.Client.Run(ctx, g)
}

// Persist implements graph.Runner.
func (m *meter) Persist(ctx context.Context, g *graph.Graph) ([]graph.Held, error) {
	m.submitted.Add(int64(g.Len()))
	return m.Client.Persist(ctx, g)
}

func (m *meter) begin(stage string) {
	m.submitted.Store(0)
	m.stage.Store(&stage)
	if m.show != nil {
		m.show(stage, 0, 0)
	}
}

// end takes the progress off the screen.
func (m *meter) end() {
	m.stage.Store(nil)
	if m.show != nil {
		m.show("", 0, 0)
	}
}

func (m *meter) stop() {
	m.cancel()
	m.wg.Wait()
}

// watch asks the scheduler how far it is, a few times a second.
func (m *meter) watch(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	last := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		stage := m.stage.Load()
		info, err := m.Info(ctx)
		if err != nil || stage == nil {
			continue
		}
		if *stage != last {
			last = *stage
			m.base.Store(info.Finished)
		}
		m.show(*stage, info.Finished-m.base.Load(), m.submitted.Load())
	}
}
