package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/worker/server"
)

// A WorkerPlan describes worker processes of a scheduler elsewhere. Zero fields
// have the defaults given.
type WorkerPlan struct {
	Scheduler     string        // address, host:port
	Name          string        // of one worker, or how the names of several begin; default host and process id
	Listen        string        // see server.Options
	Workers       int           // how many processes; default 1
	Threads       int           // tasks at once in each; default the cores, shared out
	Memory        int64         // limit of the results in each, bytes; 0 is none
	Spill         string        // where results go that memory has no room for; default the directory for temporary files
	NoSpill       bool          // nowhere
	Checksums     bool          // see server.Options
	Compress      string        // see server.Options
	CompressSpill string        // see server.Options
	Resources     string        // of each, as in "LICENCE=2"
	GPU           string        // see server.Options
	Lifetime      time.Duration // after which a worker is drained and another started; default for ever
	Stagger       time.Duration // by how much Lifetime varies, up or down
	Grace         time.Duration // how long draining may take; default 30 s
	// Hurry, when it is closed, ends the workers at once.
	Hurry <-chan struct{}
	Log   *slog.Logger
}

// RunWorkers keeps worker processes running, each under a nanny that starts it
// again when it dies and tells the scheduler how it did, until ctx ends: then
// they are drained. It returns when they all have ended: nil if they were
// drained or retired. The error wraps client.ErrUnreachable if the scheduler
// does not answer.
func RunWorkers(ctx context.Context, p WorkerPlan) error {
	p, err := p.withDefaults()
	if err != nil {
		return err
	}
	// What is wrong with the address is better said once, and here.
	c, err := client.Connect(ctx, p.Scheduler, client.Observer(), client.Name("nanny of "+p.Name))
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	c.Close()
	u := newUndertaker()
	nannies := make([]*nanny, p.Workers)
	for i := range nannies {
		child := p.child(i)
		nannies[i] = startNanny(child, u, p.Log, func(pid int, cause string) { p.report(child.Name, pid, cause) })
	}
	stop := context.AfterFunc(ctx, func() {
		for _, n := range nannies {
			n.retire()
		}
	})
	defer stop()
	return p.wait(nannies)
}

// wait returns when all have ended, with how those did that gave up.
func (p WorkerPlan) wait(nannies []*nanny) error {
	var all sync.WaitGroup
	errs := make([]error, len(nannies))
	for i, n := range nannies {
		all.Go(func() {
			select {
			case <-n.ended:
			case <-p.Hurry:
				n.stop()
				return
			}
			if n.gaveUp != nil {
				errs[i] = fmt.Errorf("cluster: worker %s: %w", n.plan.Name, n.gaveUp)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// report tells the scheduler how a process died. Who cannot tell it has said so
// in the log already.
func (p WorkerPlan) report(worker string, pid int, cause string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c, err := client.Connect(ctx, p.Scheduler, client.Observer(), client.Name("nanny of "+worker))
	if err != nil {
		return
	}
	defer c.Close()
	if err := c.ReportDeath(worker, pid, cause); err != nil {
		p.Log.Warn("cannot tell the scheduler how a worker died", "worker", worker, "error", err)
	}
}

func (p WorkerPlan) withDefaults() (WorkerPlan, error) {
	if !initialised.Load() {
		return p, errors.New("cluster: worker processes run this program again: call cluster.Init() as the first line of main")
	}
	if _, err := server.ParseResources(p.Resources); err != nil {
		return p, err
	}
	if p.Workers < 0 || p.Threads < 0 || p.Memory < 0 || p.Lifetime < 0 || p.Grace < 0 {
		return p, fmt.Errorf("cluster: %d workers of %d threads, %d bytes, lifetime %v and grace %v cannot be",
			p.Workers, p.Threads, p.Memory, p.Lifetime, p.Grace)
	}
	if err := checkStagger(p.Lifetime, p.Stagger); err != nil {
		return p, err
	}
	if err := checkSpill(p.Spill, p.NoSpill); err != nil {
		return p, err
	}
	if err := checkMethods(p.Compress, p.CompressSpill); err != nil {
		return p, err
	}
	p.Workers = max(1, p.Workers)
	if p.Threads == 0 {
		p.Threads = max(1, runtime.GOMAXPROCS(0)/p.Workers)
	}
	if p.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "worker"
		}
		p.Name = fmt.Sprintf("%s-%d", host, os.Getpid())
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return p, nil
}

// checkSpill looks once at what no worker could start with.
func checkSpill(dir string, none bool) error {
	if none || dir == "" {
		return nil
	}
	if err := server.CheckSpill(dir); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return nil
}

// checkMethods: see server.Options.Compress and CompressSpill.
func checkMethods(compress, compressSpill string) error {
	if err := server.CheckCompress(compress); err != nil {
		return fmt.Errorf("cluster: compress: %w", err)
	}
	if err := server.CheckCompressSpill(compressSpill); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return nil
}

func checkStagger(life, stagger time.Duration) error {
	if stagger < 0 || stagger > 0 && stagger >= life {
		return fmt.Errorf("cluster: a lifetime of %v cannot vary by %v: the stagger is less than the lifetime", life, stagger)
	}
	return nil
}

func (p WorkerPlan) child(i int) childPlan {
	name := p.Name
	if p.Workers > 1 {
		name = fmt.Sprintf("%s-%d", p.Name, i)
	}
	level := slog.LevelError // the workers log as much as their nannies
	for _, l := range []slog.Level{slog.LevelWarn, slog.LevelInfo} {
		if p.Log.Enabled(context.Background(), l) {
			level = l
		}
	}
	return childPlan{
		Scheduler: p.Scheduler, Name: name, Listen: p.Listen, Threads: p.Threads, Memory: p.Memory,
		Spill: p.Spill, NoSpill: p.NoSpill, Share: true, Checksums: p.Checksums, Compress: p.Compress, CompressSpill: p.CompressSpill,
		Resources: p.Resources, GPU: p.GPU, Lifetime: lifetime{p.Lifetime, p.Stagger}, Grace: p.Grace,
		Nannied: true, Verbose: true, Level: level,
	}
}
