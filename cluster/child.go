package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/worker/server"
)

// drainByte, on its standard input, has a worker process drain and end. The end
// of its standard input ends it at once.
const drainByte = 'd'

// A childPlan is what a worker process is told.
type childPlan struct {
	Scheduler     string
	Name          string
	Listen        string
	Threads       int
	Memory        int64
	Spill         string
	NoSpill       bool
	Share         bool // results lie in memory that other processes of the host read
	Checksums     bool
	Compress      string
	CompressSpill string
	Resources     string
	GPU           string
	Lifetime      lifetime
	Grace         time.Duration
	Nannied       bool       // whoever starts it tells the scheduler how it dies
	Verbose       bool       // log to standard error
	Level         slog.Level // if Verbose

	own bool // the process is nothing but this worker
}

func (p childPlan) grace() time.Duration { return cmp.Or(p.Grace, 30*time.Second) }

// run is the life of a worker process, and returns its exit status.
func (p childPlan) run() int {
	garbage := spare
	if p.Memory > 0 {
		garbage = min(spare, p.Memory/32) // it is beside the results
	}
	defer collectLess(garbage)()
	if os.Getenv("GOMAXPROCS") == "" {
		// One more than tasks can keep busy, for fetching and reporting: several
		// workers share the machine.
		runtime.GOMAXPROCS(p.Threads + 1)
	}
	log := slog.New(slog.DiscardHandler)
	if p.Verbose {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: p.Level}))
	}
	// Ctrl-C goes to the whole group; when to end is the parent's decision.
	signal.Ignore(os.Interrupt)
	ctx, drain, stop := endOf(os.Stdin, log)
	defer stop()
	p.own = true
	err := p.work(ctx, drain, log)
	if err == nil {
		return 0
	}
	fmt.Fprintf(os.Stderr, "ashlar worker %s: %v\n", p.Name, err)
	if errors.Is(err, client.ErrUnreachable) || errors.Is(err, client.ErrDisconnected) {
		return exitSchedulerGone
	}
	return exitFailed
}

// endOf returns what tells a worker process to end: drain is closed by SIGTERM
// or by a word of the parent; ctx ends with a second SIGTERM, or when the parent
// closes the pipe, or dies.
func endOf(parent *os.File, log *slog.Logger) (ctx context.Context, drain chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	drain = make(chan struct{})
	words := make(chan bool)
	go func() {
		defer cancel()
		for word := make([]byte, 1); ; {
			if _, err := parent.Read(word); err != nil {
				return
			}
			if word[0] == drainByte {
				words <- true
			}
		}
	}()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		for draining, signalled := false, false; ; {
			again := false
			select {
			case <-words:
			case <-signals: // one may go to the whole group, and the parent say it too
				again, signalled = signalled, true
			case <-ctx.Done():
				return
			}
			switch {
			case again:
				log.Warn("told to end a second time: ending at once")
				cancel()
			case !draining:
				draining = true
				close(drain)
			}
		}
	}()
	return ctx, drain, func() { signal.Stop(signals); cancel() }
}

// terminate ends the process at once, with words that its nanny hears.
func (p childPlan) terminate(why string) {
	fmt.Fprintf(os.Stderr, "fatal error: %s\n", why)
	os.Exit(exitFailed)
}

// work equips the worker and runs it.
func (p childPlan) work(ctx context.Context, drain <-chan struct{}, log *slog.Logger) error {
	r, err := server.ParseResources(p.Resources)
	if err != nil {
		return err
	}
	o := server.Options{
		Scheduler: p.Scheduler, Name: p.Name, Listen: p.Listen, GPU: p.GPU,
		Threads: p.Threads, Memory: p.Memory, Spill: p.Spill, NoSpill: p.NoSpill, Share: p.Share,
		Checksums: p.Checksums, Compress: p.Compress, CompressSpill: p.CompressSpill, Resources: r,
		Drain: drain, Grace: p.grace(), Nannied: p.Nannied, Log: log,
	}
	if p.own {
		o.OwnProcess, o.Terminate = true, p.terminate
	}
	for _, equip := range equipment {
		release, err := equip(&o)
		if err != nil {
			return fmt.Errorf("cannot be equipped: %w", err)
		}
		if release != nil {
			defer release()
		}
	}
	return server.Run(ctx, o)
}
