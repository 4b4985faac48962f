package server

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
)

// Options describe a worker. Zero fields have the defaults given.
type Options struct {
	// Scheduler is the address, host:port, of the scheduler to join.
	Scheduler string
	// Name is what people call the worker, unique in its cluster; by default
	// it is made of the host's name and the process's number.
	Name string
	// Listen is where results are served, host:port. The default is any port,
	// of the loopback interface if the scheduler is there, else of all.
	Listen string
	// Threads is how many tasks run at once on CPUs; default one per core.
	Threads int
	// Memory limits the results that are kept, in bytes; 0 is no limit.
	Memory int64
	// Spill is the directory for results that memory has no room for; empty is
	// the system's for temporary files. It is not used without a Memory limit,
	// or if NoSpill is set: then tasks that do not fit wait or fail.
	Spill   string
	NoSpill bool
	// CompressSpill, "lz4", makes what goes to disk smaller, where it gets smaller;
	// empty or "none" does not. What was is read back into memory, not mapped.
	CompressSpill string
	// Share puts results into memory that other processes of this host read
	// where they lie, instead of fetching copies. Where the system has none
	// (other than Linux), that is logged and results are copied.
	Share bool
	// Checksums has what comes from other hosts, or is not shared, compared with a
	// checksum of the holder's; what was damaged is fetched from another holder, or
	// computed again. It takes a sixth of a 2 GB/s link.
	Checksums bool
	// Compress, "lz4", "zstd" or "auto" (which of them is the link's to say), makes
	// what comes from other hosts smaller where the
	// link, as measured, is slower than that; empty or "none" does not.
	Compress string
	// Resources are what tasks may ask for.
	Resources graph.Resources
	// Lanes are devices that run the GPU kernels of tasks that ask for
	// graph.GPU. They stay the caller's. Without any, such tasks run on CPUs.
	Lanes []*gpu.Lane
	// GPU opens more devices: GPUAuto, GPUFake or, the default, GPUNone. The
	// resource GPU is announced for all devices if Resources do not have it.
	GPU string
	// Processors are how fast a thread and a device are, which clients learn for a
	// choice by cost. Where they are zero, the first of the devices that GPUAuto
	// opens is measured; others are not.
	Processors graph.Processors
	// Join bounds the first joining, Rejoin coming back when the scheduler was
	// lost; defaults 5 s and 30 s.
	Join, Rejoin time.Duration
	// Patience is how long what runs has to end after it was told to stop;
	// default 5 s.
	Patience time.Duration
	// Drain, when it is closed, has the worker finish what it does, hand on
	// what only it has, and end; nil is never. Grace is how long that may take;
	// default 30 s. What then still runs is run by others.
	Drain <-chan struct{}
	Grace time.Duration
	// Nannied tells the scheduler that whoever started this process will say
	// how it died.
	Nannied bool
	// OwnProcess says that this process is nothing but this worker: with a
	// Memory limit, Go is limited to what results leave of that and a tenth
	// more, unless GOMEMLIMIT is set.
	OwnProcess bool
	// Terminate, if not nil, is called once, with the reason, when a process that
	// is nothing but this worker has so much more resident than its Memory that
	// it had better end before the system ends another: see terminateAt. It need
	// not return.
	Terminate func(why string)
	// Stuck is how long an execution that was told to stop, or is past its
	// time-out, goes on before it is reported with its stack; default 10 s.
	Stuck time.Duration
	// Log is told of joining, leaving and trouble; default nobody.
	Log *slog.Logger

	deviceHost int64 // memory of this process that opening devices took, bytes
}

var unnamed atomic.Int64 // workers of this process without a name of their own

func (o Options) withDefaults() (Options, error) {
	if o.Threads == 0 {
		o.Threads = runtime.NumCPU()
	}
	if o.Threads < 0 || o.Memory < 0 {
		return o, fmt.Errorf("worker: %d threads and %d bytes of memory cannot be", o.Threads, o.Memory)
	}
	if err := CheckCompress(o.Compress); err != nil {
		return o, fmt.Errorf("worker: compress: %w", err)
	}
	if err := CheckCompressSpill(o.CompressSpill); err != nil {
		return o, fmt.Errorf("worker: %w", err)
	}
	if o.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "worker"
		}
		o.Name = fmt.Sprintf("%s-%d", host, os.Getpid())
		if n := unnamed.Add(1); n > 1 {
			o.Name += fmt.Sprintf("-%d", n)
		}
	}
	if o.Listen == "" {
		o.Listen = ":0"
		if host, _, err := net.SplitHostPort(o.Scheduler); err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback()) {
			o.Listen = "127.0.0.1:0"
		}
	}
	o.Join = orDefault(o.Join, 5*time.Second)
	o.Rejoin = orDefault(o.Rejoin, 30*time.Second)
	o.Patience = orDefault(o.Patience, 5*time.Second)
	o.Grace = orDefault(o.Grace, 30*time.Second)
	o.Stuck = orDefault(o.Stuck, 10*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Log = o.Log.With("worker", o.Name)
	return o, nil
}

// CheckCompress returns what is wrong with an Options.Compress.
func CheckCompress(method string) error {
	_, err := wire.ParsePacking(method)
	return err
}

// CheckCompressSpill returns what is wrong with an Options.CompressSpill.
func CheckCompressSpill(method string) error {
	switch method {
	case "", "none", "lz4":
		return nil
	}
	return fmt.Errorf("spilled results are compressed by lz4 or none, not by %q", method)
}

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}
