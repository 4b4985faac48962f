package cluster

import (
	"context"
	"errors"
	"log/slog"
	"os"
)

// A goroutine is a worker in this process. When it has lived its time it is
// drained, and begins anew.
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
		for {
			renewed, err := g.life(ctx, p, log)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				log.Error("worker ended", "worker", p.Name, "error", err)
				g.fail <- err
				return
			case !renewed:
				log.Info("worker has retired", "worker", p.Name)
				return
			}
			log.Info("worker lived its time; starting another", "worker", p.Name)
		}
	}()
	return g
}

// life is a worker until it ends, and reports whether that was because its time
// was over.
func (g *goroutine) life(ctx context.Context, p childPlan, log *slog.Logger) (renewed bool, err error) {
	old, stop := p.Lifetime.timer()
	defer stop()
	drain, ended, watched := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-old:
			renewed = true
			close(drain)
		case <-ended:
		}
	}()
	err = p.work(ctx, drain, log)
	close(ended)
	<-watched
	return renewed, err
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
