package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/worker/server"
	"github.com/peterbourgon/ff/v3/ffcli"
)

// workerFlags are the flags of ashlar worker.
type workerFlags struct {
	fs     *flag.FlagSet
	plan   cluster.WorkerPlan
	memory *int64
	spill  string
	nanny  bool
	quiet  bool
}

func workerCommand() *ffcli.Command {
	f := &workerFlags{fs: flag.NewFlagSet("ashlar worker", flag.ContinueOnError)}
	fs, p := f.fs, &f.plan
	fs.StringVar(&p.Name, "name", "", "what the worker is called, or how the names of several begin; default host and process id")
	fs.StringVar(&p.Listen, "listen", "", "address to serve results on, `host:port`; default is any port, on loopback if the scheduler is there")
	fs.IntVar(&p.Workers, "workers", 1, "how many worker processes; as many as cores, with -threads 1, is many processes of one thread")
	fs.IntVar(&p.Threads, "threads", 0, "how many tasks run at once in each worker; default the cores, shared out")
	f.memory = sizeFlag(fs, "memory", -1, "limit of the results that each worker keeps, as in 4GiB; 0 is none; default 70 % of the machine's memory, shared out")
	fs.StringVar(&f.spill, "spill", "", "`directory` for results that memory has no room for; default the one for temporary files; none keeps them in memory")
	fs.BoolVar(&p.Checksums, "checksum", false, "compare what comes from other hosts with checksums of the holder's, and fetch anew what was damaged")
	fs.StringVar(&p.Compress, "compress", "none", "lz4, zstd or auto (whichever suits the link) makes what comes from other hosts smaller, where the link is slower than that")
	fs.StringVar(&p.CompressSpill, "spill-compress", "none", "lz4 makes what goes to disk smaller, where it gets smaller; reading it back takes memory then")
	fs.StringVar(&p.Resources, "resources", "", "what each worker has for tasks to take, as in `LICENCE=2,DB=1`")
	fs.StringVar(&p.GPU, "gpu", "auto", "auto uses the CUDA devices there are (auto,cublas=PATH or cublas=none and auto,tf32 say what multiplies matrices), fake adds one in host memory, none uses none")
	fs.BoolVar(&f.nanny, "nanny", true, "run each worker in a process of its own, and start another when it dies")
	fs.DurationVar(&p.Lifetime, "lifetime", 0, "after how long a worker is drained and another started; 0 is never; wants the nanny")
	fs.DurationVar(&p.Stagger, "lifetime-stagger", 0, "by how much the lifetime varies, so that not all workers go at once")
	fs.DurationVar(&p.Grace, "grace", 30*time.Second, "how long a worker that is told to end (SIGTERM, Ctrl-C) may take to finish what runs and hand on what it has")
	fs.BoolVar(&f.quiet, "quiet", false, "log nothing but errors")
	return &ffcli.Command{
		Name:       "worker",
		ShortUsage: "ashlar worker HOST:PORT [flags]",
		ShortHelp:  "Run workers of the scheduler at HOST:PORT until interrupted; a second interrupt ends them at once.",
		FlagSet:    fs,
		Exec:       f.run,
	}
}

func (f *workerFlags) run(ctx context.Context, args []string) error {
	if len(args) > 1 { // flags may follow the address
		if err := f.fs.Parse(args[1:]); err != nil {
			return err
		}
	}
	if len(args) == 0 || len(args) > 1 && f.fs.NArg() > 0 {
		return errors.New("worker wants the address of one scheduler, HOST:PORT")
	}
	p := f.plan
	p.Scheduler, p.Memory, p.Log = args[0], *f.memory, logger(f.quiet)
	if p.NoSpill = f.spill == "none"; !p.NoSpill {
		p.Spill = f.spill
	}
	if p.Workers < 1 || p.Threads < 0 {
		return errors.New("worker: -workers is at least 1, and so is -threads (or 0, to share out the cores)")
	}
	if p.Memory < 0 {
		p.Memory = cluster.MachineMemory() / 10 * 7 / int64(p.Workers)
	}
	if _, port, err := net.SplitHostPort(p.Listen); err == nil && port != "0" && p.Workers > 1 {
		return fmt.Errorf("worker: %d workers cannot all listen on port %s: give -listen port 0", p.Workers, port)
	}
	hurry, stop := second()
	defer stop()
	if f.nanny {
		p.Hurry = hurry
		return cluster.RunWorkers(ctx, p)
	}
	if p.Workers > 1 || p.Lifetime > 0 {
		return errors.New("worker: several workers, and a lifetime, want the nanny: leave out -nanny=false")
	}
	return runHere(ctx, p, hurry)
}

// runHere runs one worker in this process.
func runHere(ctx context.Context, p cluster.WorkerPlan, hurry <-chan struct{}) error {
	r, err := server.ParseResources(p.Resources)
	if err != nil {
		return err
	}
	o := server.Options{
		Scheduler: p.Scheduler, Name: p.Name, Listen: p.Listen, Threads: p.Threads, Memory: p.Memory,
		Spill: p.Spill, NoSpill: p.NoSpill, Share: true,
		Checksums: p.Checksums, Compress: p.Compress, CompressSpill: p.CompressSpill, Resources: r, GPU: p.GPU, Drain: ctx.Done(), Grace: p.Grace, Log: p.Log,
	}
	now, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	go func() {
		select {
		case <-hurry:
			cancel()
		case <-now.Done():
		}
	}()
	defer cluster.CollectLess()()
	return server.Run(now, o)
}

// second returns a channel that is closed when this process is told to end a
// second time.
func second() (again <-chan struct{}, stop func()) {
	signals, c := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		<-signals
		close(c)
	}()
	return c, func() { signal.Stop(signals) }
}

// A size is a flag in bytes, written as 512MiB, 4GiB or 1000000.
type size int64

func sizeFlag(fs *flag.FlagSet, name string, value int64, usage string) *int64 {
	s := new(int64)
	*s = value
	fs.Var((*size)(s), name, usage)
	return s
}

func (s *size) String() string {
	n := int64(*s)
	for _, u := range units {
		if n >= u.bytes {
			return strconv.FormatFloat(math.Round(10*float64(n)/float64(u.bytes))/10, 'f', -1, 64) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

var units = []struct {
	name  string
	bytes int64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}

func (s *size) Set(text string) error {
	t, factor := strings.TrimSpace(text), int64(1)
	for _, u := range units {
		if rest, ok := strings.CutSuffix(strings.ToLower(t), strings.ToLower(u.name)); ok {
			t, factor = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	x, err := strconv.ParseFloat(t, 64)
	if err != nil || x < 0 || x*float64(factor) > 1<<62 {
		return fmt.Errorf("%q is no size; write 512MiB, 4GiB or a number of bytes", text)
	}
	*s = size(x * float64(factor))
	return nil
}
