package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/sched/server"
)

// startWait bounds the start of the workers, unless ctx does.
const startWait = 30 * time.Second

// A Cluster is a scheduler and workers that this program started.
type Cluster struct {
	plan      *plan
	address   string
	workers   []member
	undertake *undertaker

	collectMore   func() // see CollectLess
	stopScheduler context.CancelFunc
	scheduler     chan error // what Serve returned
	closeOnce     sync.Once
	closeErr      error
}

// A member is a worker that this program started.
type member interface {
	// failed gives the error with which the worker ended before it was told to
	// and will not be started again, or could not be started at all.
	failed() <-chan error
	// stop ends the worker and returns when it has ended.
	stop()
	pid() int
	signal(os.Signal) error
}

// Local starts a cluster on this machine and returns when its workers have
// joined; ctx bounds that. Close ends it.
//
// The scheduler runs in this program. With [Processes], Go's collector waits for
// 64 MiB of garbage in it until Close, as in the workers: see [CollectLess].
func Local(ctx context.Context, opts ...Option) (*Cluster, error) {
	p, err := newPlan(opts)
	if err != nil {
		return nil, err
	}
	if p.processes && !initialised.Load() {
		return nil, errors.New("cluster: worker processes run this program again: call cluster.Init() as the first line of main (or TestMain)")
	}
	c := &Cluster{plan: p, undertake: newUndertaker(), scheduler: make(chan error, 1), collectMore: func() {}}
	if p.processes && p.scheduler.Autopsy == nil {
		p.scheduler.Autopsy = c.undertake.cause
	}
	s, err := server.Listen(p.scheduler)
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	c.address = s.Addr()
	if p.processes {
		// One task in a hundred met a collection, and took three times as long.
		c.collectMore = CollectLess()
	}
	var life context.Context
	life, c.stopScheduler = context.WithCancel(context.Background())
	go func() { c.scheduler <- s.Serve(life) }()
	for i := range p.workers {
		c.workers = append(c.workers, c.start(i))
	}
	if err := c.joined(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Cluster) start(i int) member {
	p := childPlan{
		Scheduler: c.address, Name: c.plan.name(i), Listen: "127.0.0.1:0", Lifetime: c.plan.lifetime, Grace: c.plan.grace,
		Threads: c.plan.threads, Memory: c.plan.memory,
		Spill: c.plan.spill, NoSpill: c.plan.noSpill, Share: c.plan.processes, Resources: c.plan.resources[i],
		Checksums: c.plan.checksums, Compress: c.plan.compress, CompressSpill: c.plan.packSpill,
	}
	if c.plan.processes {
		return startNanny(p, c.undertake, c.plan.log, nil)
	}
	return startGoroutine(p, c.plan.log)
}

// joined returns when every worker has joined, or why one cannot.
func (c *Cluster) joined(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	slow := time.AfterFunc(startWait, func() { cancel(fmt.Errorf("it took longer than %v", startWait)) })
	defer slow.Stop()
	for i, w := range c.workers {
		go func() {
			select {
			case err := <-w.failed():
				cancel(fmt.Errorf("worker %s did not start: %w", c.plan.name(i), err))
			case <-ctx.Done():
			}
		}()
	}
	cl, err := client.Connect(ctx, c.address, client.Observer(), client.Name("cluster start"))
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	defer cl.Close()
	if err := cl.WaitForWorkers(ctx, len(c.workers)); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return nil
}

// Address returns the scheduler's address, host:port.
func (c *Cluster) Address() string { return c.address }

// Client connects a client to the cluster. The caller closes it.
func (c *Cluster) Client(ctx context.Context, opts ...client.Option) (*client.Client, error) {
	return client.Connect(ctx, c.address, opts...)
}

// Size returns the number of workers.
func (c *Cluster) Size() int { return len(c.workers) }

// A Worker describes one worker of the cluster.
type Worker struct {
	Name string
	Pid  int // of its process now; that of this program if it runs in it, 0 between two
}

// Worker returns worker i, from 0.
func (c *Cluster) Worker(i int) Worker {
	return Worker{Name: c.plan.name(i), Pid: c.workers[i].pid()}
}

// Kill kills the process of worker i, as a crash would. It is started again.
func (c *Cluster) Kill(i int) error { return c.Signal(i, os.Kill) }

// Signal sends a signal to the process of worker i.
func (c *Cluster) Signal(i int, s os.Signal) error {
	if err := c.workers[i].signal(s); err != nil {
		return fmt.Errorf("cluster: signal %v to %s: %w", s, c.plan.name(i), err)
	}
	return nil
}

// Close ends the workers, then the scheduler, and returns when nothing of them
// runs any more.
func (c *Cluster) Close() error {
	c.closeOnce.Do(func() {
		var all sync.WaitGroup
		for _, w := range c.workers {
			all.Go(w.stop)
		}
		all.Wait()
		c.stopScheduler()
		c.closeErr = <-c.scheduler
		c.collectMore()
	})
	return c.closeErr
}
