package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"

	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/worker/server"
	"github.com/peterbourgon/ff/v3/ffcli"
)

func workerCommand() *ffcli.Command {
	fs := flag.NewFlagSet("ashlar worker", flag.ContinueOnError)
	var (
		name      = fs.String("name", "", "what the worker is called; default host and process id")
		listen    = fs.String("listen", "", "address to serve results on, `host:port`; default is any port, on loopback if the scheduler is there")
		threads   = fs.Int("threads", runtime.GOMAXPROCS(0), "how many tasks run at once")
		memory    = sizeFlag(fs, "memory", cluster.MachineMemory()/10*7, "limit of the results that it keeps, as in 4GiB; 0 is none")
		resources = fs.String("resources", "", "what it has for tasks to take, as in `LICENCE=2,DB=1`")
		device    = fs.String("gpu", "auto", "auto uses the CUDA devices there are, fake adds one in host memory, none uses none")
		quiet     = fs.Bool("quiet", false, "log nothing but errors")
	)
	return &ffcli.Command{
		Name:       "worker",
		ShortUsage: "ashlar worker HOST:PORT [flags]",
		ShortHelp:  "Run a worker of the scheduler at HOST:PORT until interrupted.",
		FlagSet:    fs,
		Exec: func(ctx context.Context, args []string) error {
			if len(args) > 1 { // flags may follow the address
				if err := fs.Parse(args[1:]); err != nil {
					return err
				}
			}
			if len(args) == 0 || len(args) > 1 && fs.NArg() > 0 {
				return errors.New("worker wants the address of one scheduler, HOST:PORT")
			}
			if *threads < 1 {
				return errors.New("worker: -threads is at least 1")
			}
			r, err := server.ParseResources(*resources)
			if err != nil {
				return err
			}
			o := server.Options{
				Scheduler: args[0], Name: *name, Listen: *listen, Threads: *threads, Memory: *memory, Share: true,
				Resources: r, GPU: *device, Log: logger(*quiet),
			}
			if err := server.Run(ctx, o); err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		},
	}
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
