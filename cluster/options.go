package cluster

import (
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/ashlar-go/ashlar/sched/server"
	worker "github.com/ashlar-go/ashlar/worker/server"
)

// An Option changes what Local starts.
type Option func(*plan)

// A plan is what Local is to start.
type plan struct {
	workers    int
	threads    int
	memory     int64 // per worker; < 0: a share of the machine's
	spill      string
	noSpill    bool
	packSpill  string
	checksums  bool
	compress   string
	processes  bool
	prefix     string
	resources  map[int]string
	scheduler  server.Options
	noStealing bool
	lifetime   lifetime
	grace      time.Duration
	log        *slog.Logger
	err        error
}

// Workers is how many workers there are. The default is one in this process,
// or as processes one for each two cores.
func Workers(n int) Option { return func(p *plan) { p.workers = n } }

// Threads is how many tasks each worker runs at once; by default the cores are
// shared out.
func Threads(n int) Option { return func(p *plan) { p.threads = n } }

// Memory limits the results that each worker keeps, in bytes; 0 is no limit. By
// default the workers together have 70 % of the machine's memory.
func Memory(bytes int64) Option { return func(p *plan) { p.memory = bytes } }

// Spill is the directory to which workers move results that memory has no room
// for; the default is the system's for temporary files.
func Spill(dir string) Option { return func(p *plan) { p.spill = dir } }

// CompressSpill has what is moved to disk made smaller by "lz4", where it gets
// smaller: for disks that are slow or small. Reading it back takes memory then.
func CompressSpill(method string) Option { return func(p *plan) { p.packSpill = method } }

// Checksums has what workers fetch over the network compared with checksums of
// its holder's; what was damaged is fetched elsewhere, or computed again. Processes
// of one host share memory instead, and have no need of it.
func Checksums() Option { return func(p *plan) { p.checksums = true } }

// Compress has what workers fetch from other hosts made smaller by "lz4", "zstd" or
// "auto", whichever suits the link, where the link is slower than that.
func Compress(method string) Option { return func(p *plan) { p.compress = method } }

// NoSpill has results stay in memory: tasks that do not fit wait, or fail.
func NoSpill() Option { return func(p *plan) { p.noSpill = true } }

// Processes makes every worker a process of its own, running this executable
// again; see [Init].
func Processes() Option { return func(p *plan) { p.processes = true } }

// NamePrefix begins the names of the workers, which end in their number; the
// default is "worker-".
func NamePrefix(s string) Option { return func(p *plan) { p.prefix = s } }

// WorkerResources gives worker i resources, as in "GPU=1,LICENCE=2".
func WorkerResources(i int, amounts string) Option {
	return func(p *plan) {
		if _, err := worker.ParseResources(amounts); err != nil {
			p.err = err
		}
		p.resources[i] = amounts
	}
}

// Listen is the address of the scheduler; the default is any free port of
// 127.0.0.1.
func Listen(address string) Option { return func(p *plan) { p.scheduler.Listen = address } }

// Scheduler sets what the scheduler does; its Listen, if empty, its Autopsy and
// its Log are filled in.
func Scheduler(o server.Options) Option {
	return func(p *plan) {
		if o.Listen == "" {
			o.Listen = p.scheduler.Listen
		}
		p.scheduler = o
	}
}

// NoStealing leaves every task where it was placed; see
// [server.StealingVariable] for doing so from outside.
func NoStealing() Option { return func(p *plan) { p.noStealing = true } }

// Lifetime has every worker live about that long, up to stagger more or less:
// then it is drained, and another takes its place. So what leaks in workers does
// not add up.
func Lifetime(d, stagger time.Duration) Option {
	return func(p *plan) { p.lifetime = lifetime{d, stagger} }
}

// Grace is how long draining a worker may take; default 30 s.
func Grace(d time.Duration) Option { return func(p *plan) { p.grace = d } }

// Log is told who comes, goes and dies; default nobody.
func Log(l *slog.Logger) Option { return func(p *plan) { p.log = l } }

func newPlan(opts []Option) (*plan, error) {
	p := &plan{
		memory: -1, prefix: "worker-", resources: map[int]string{},
		scheduler: server.Options{Listen: "127.0.0.1:0"}, log: slog.New(slog.DiscardHandler),
	}
	for _, o := range opts {
		o(p)
	}
	if p.err != nil {
		return nil, fmt.Errorf("cluster: %w", p.err)
	}
	if p.workers < 0 || p.threads < 0 {
		return nil, fmt.Errorf("cluster: %d workers of %d threads cannot be", p.workers, p.threads)
	}
	if err := checkStagger(p.lifetime.Mean, p.lifetime.Stagger); err != nil {
		return nil, err
	}
	if err := checkSpill(p.spill, p.noSpill); err != nil {
		return nil, err
	}
	if err := checkMethods(p.compress, p.packSpill); err != nil {
		return nil, err
	}
	cores := runtime.GOMAXPROCS(0)
	if p.workers == 0 {
		p.workers = 1
		if p.processes {
			p.workers = max(2, cores/2)
		}
	}
	if p.threads == 0 {
		p.threads = max(1, cores/p.workers)
	}
	if p.memory < 0 {
		p.memory = MachineMemory() / 10 * 7 / int64(p.workers)
	}
	for i := range p.resources {
		if i < 0 || i >= p.workers {
			return nil, fmt.Errorf("cluster: resources are given to worker %d of %d (they count from 0)", i, p.workers)
		}
	}
	p.scheduler.Machine.NoStealing = p.scheduler.Machine.NoStealing || p.noStealing
	if p.scheduler.Log == nil {
		p.scheduler.Log = p.log
	}
	return p, nil
}

func (p *plan) name(i int) string { return fmt.Sprintf("%s%d", p.prefix, i) }
