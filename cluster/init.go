package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/ashlar-go/ashlar/worker/server"
)

// environment is the variable that tells a process that it is a worker: a
// childPlan in JSON.
const environment = "ASHLAR_WORKER"

var (
	initialised atomic.Bool
	equipment   []Equip // what Init was given
)

// An Equip completes the options of a worker, in the process in which it is
// about to run: it may add the lanes of its GPUs. release, if not nil, is called
// when the worker has ended.
type Equip func(*server.Options) (release func(), err error)

// A childPlan is what a worker process is told.
type childPlan struct {
	Scheduler string
	Name      string
	Threads   int
	Memory    int64
	Resources string
}

// Init is the first line of main, or of TestMain, of a program whose workers
// are processes of its own executable. In such a worker it does not return. It
// comes after package variables and init functions, in which functions are
// registered. Every worker that Local starts, in this process or another, is
// equipped as given.
func Init(equip ...Equip) {
	equipment = equip
	initialised.Store(true)
	s := os.Getenv(environment)
	if s == "" {
		return
	}
	// What this process starts itself is no worker.
	os.Unsetenv(environment)
	var p childPlan
	if err := json.Unmarshal([]byte(s), &p); err != nil {
		fmt.Fprintf(os.Stderr, "ashlar worker: the variable %s is not what cluster.Local sets: %v\n", environment, err)
		os.Exit(2)
	}
	if err := p.run(); err != nil {
		fmt.Fprintf(os.Stderr, "ashlar worker %s: %v\n", p.Name, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run is the life of a worker process.
func (p childPlan) run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	// Ctrl-C goes to the whole group; when to end is the parent's decision.
	signal.Ignore(os.Interrupt)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it, or dies
		cancel()
	}()
	return p.work(ctx, slog.New(slog.DiscardHandler))
}

// work equips the worker and runs it.
func (p childPlan) work(ctx context.Context, log *slog.Logger) error {
	r, err := server.ParseResources(p.Resources)
	if err != nil {
		return err
	}
	o := server.Options{
		Scheduler: p.Scheduler, Name: p.Name, Listen: "127.0.0.1:0",
		Threads: p.Threads, Memory: p.Memory, Share: true, Resources: r, Log: log,
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
