package demo

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

// A meter is a Runner that counts the tasks it hands to its client, and shows
// how many of them are done. It is also what the report writes through, so that
// a line of the report never meets the progress: that is taken off first, and
// comes back with the next tick.
type meter struct {
	*client.Client
	out    io.Writer
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu        sync.Mutex
	show      func(stage string, done, total int64)
	stage     string // what runs; empty between stages
	submitted int64
	finished  int64 // tasks finished when the stage began; < 0: not known yet
}

func newMeter(ctx context.Context, c *client.Client, out io.Writer, show func(string, int64, int64)) *meter {
	ctx, cancel := context.WithCancel(ctx)
	m := &meter{Client: c, out: out, show: show, cancel: cancel}
	if show != nil {
		m.wg.Go(func() { m.watch(ctx) })
	}
	return m
}

// Run implements graph.Runner.
func (m *meter) Run(ctx context.Context, g *graph.Graph) ([]graph.Value, error) {
	m.count(g)
	return m.Client.Run(ctx, g)
}

// Persist implements graph.Runner.
func (m *meter) Persist(ctx context.Context, g *graph.Graph) ([]graph.Held, error) {
	m.count(g)
	return m.Client.Persist(ctx, g)
}

func (m *meter) count(g *graph.Graph) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.submitted += int64(g.Len())
}

// Write writes a piece of the report.
func (m *meter) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.show != nil {
		m.show("", 0, 0)
	}
	return m.out.Write(p)
}

func (m *meter) begin(stage string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stage, m.submitted, m.finished = stage, 0, -1
}

// end takes the progress off the screen.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stage = ""
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
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		m.mu.Lock()
		asked := m.stage
		m.mu.Unlock()
		if asked == "" {
			continue
		}
		if info, err := m.Info(ctx); err == nil {
			m.tell(asked, info.Finished)
		}
	}
}

// tell shows how far the stage is, unless it has ended while that was asked.
func (m *meter) tell(stage string, finished int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stage != stage {
		return
	}
	if m.finished < 0 {
		m.finished = finished
	}
	if m.submitted > 0 {
		m.show(stage, min(finished-m.finished, m.submitted), m.submitted)
	}
}
