package cluster

import (
	"context"
	"errors"
	"log/slog"
	"os"
)

// A goroutine is a worker in this process.
type goroutine struct {
	cancel context.CancelFunc
	ended  chan struct{}
	fail   chan error // holds one
}

func startGoroutine(p childPlan, log *slog.Logger) *goroutine {
	ctx, cancel := context.WithCancel(context.Background())
	g := &goroutine{cancel: cancel, ended: make(chan struct{}), fail: make(chan error, 1)}
	go func() {
		defer close(g.ended)
		err := p.work(ctx, log)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("it ended by itself")
		}
		log.Error("worker ended", "worker", p.Name, "error", err)
		g.fail <- err
	}()
	return g
}

func (g *goroutine) failed() <-chan error { return g.fail }

func (g *goroutine) stop() {
	g.cancel()
	<-g.ended
}

func (g *goroutine) pid() int { return os.Getpid() }

func (g *goroutine) signal(os.Signal) error {
	return errors.New("it runs in this process; start the cluster with cluster.Processes()")
}
