package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/cmd/ashlar/demo"
	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/worker/server"
	"github.com/peterbourgon/ff/v3/ffcli"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// demoFlags is how the demo was asked for.
type demoFlags struct {
	workers, threads, scale *int
	memory                  *int64
	connect, data, only     *string
	seed                    *uint64
	verbose                 *bool
}

func demoCommand() *ffcli.Command {
	fs := flag.NewFlagSet("ashlar demo", flag.ContinueOnError)
	f := demoFlags{
		workers: fs.Int("workers", max(2, runtime.GOMAXPROCS(0)), "how many worker processes to start"),
		threads: fs.Int("threads", 1, "how many tasks each runs at once"),
		memory:  sizeFlag(fs, "memory", 0, "limit of the results that each keeps, as in 4GiB; 0 shares out the machine's"),
		connect: fs.String("connect", "", "use the cluster whose scheduler is at `host:port` and start nothing"),
		data:    fs.String("data", "", "`directory` of flights-3m.parquet and airports.csv; default is what the program embeds"),
		scale:   fs.Int("scale", 1, "size of the larger matrices, in steps of 2048"),
		seed:    fs.Uint64("seed", 1, "seed of the random matrices"),
		only:    fs.String("only", "", "run only these `stages`, with commas between: "+strings.Join(demo.Stages(), ", ")),
		verbose: fs.Bool("v", false, "log who comes, goes and dies"),
	}
	return &ffcli.Command{
		Name:       "demo",
		ShortUsage: "ashlar demo [flags]",
		ShortHelp:  "Run ETL and linear algebra on three million flights through a cluster, beside plain gonum.",
		FlagSet:    fs,
		Exec: func(ctx context.Context, args []string) error {
			if err := noArgs(args); err != nil {
				return err
			}
			if err := demo.CheckStages(f.stages()); err != nil {
				return err
			}
			if *f.workers < 1 || *f.threads < 1 || *f.scale < 1 {
				return errors.New("demo: -workers, -threads and -scale are at least 1")
			}
			return f.run(ctx)
		},
	}
}

// stages returns the stages that were asked for; nil is all.
func (f demoFlags) stages() []string {
	if *f.only == "" {
		return nil
	}
	return strings.Split(*f.only, ",")
}

func (f demoFlags) run(ctx context.Context) error {
	address := *f.connect
	if address == "" {
		c, err := cluster.Local(ctx, f.options()...)
		if err != nil {
			return err
		}
		defer c.Close()
		address = c.Address()
		fmt.Printf("started a scheduler at %s and %d worker processes of %d thread(s):", address, c.Size(), *f.threads)
		for i := range c.Size() {
			fmt.Printf(" %d", c.Worker(i).Pid)
		}
		fmt.Println()
	}
	cl, err := client.Connect(ctx, address, client.Name("demo"))
	if err != nil {
		return err
	}
	defer cl.Close()
	if err := someWorker(ctx, cl, address); err != nil {
		return err
	}
	cfg := demo.Config{Client: cl, Data: *f.data, Scale: *f.scale, Seed: *f.seed, Out: os.Stdout, Progress: progress(), Only: f.stages()}
	if cfg.Device, err = deviceOf(ctx, cl); err != nil {
		return err
	}
	return demo.Run(ctx, cfg)
}

// options start the workers; the last one has the device.
func (f demoFlags) options() []cluster.Option {
	o := []cluster.Option{
		cluster.Processes(), cluster.Workers(*f.workers), cluster.Threads(*f.threads),
		cluster.WorkerResources(*f.workers-1, "GPU=1"),
	}
	if *f.memory > 0 {
		o = append(o, cluster.Memory(*f.memory))
	}
	if *f.verbose {
		o = append(o, cluster.Log(slog.New(slog.NewTextHandler(os.Stderr, nil))))
	}
	return o
}

// equip gives a worker that is started with the resource GPU the devices of
// this machine, or if it has none a fake one.
func equip(o *server.Options) (release func(), err error) {
	if o.Resources.Milli(graph.GPU) == 0 {
		return nil, nil
	}
	o.GPU = server.GPUFake
	if infos, err := gpu.Discover(); err == nil && len(infos) > 0 {
		o.GPU = server.GPUAuto
	}
	return nil, nil
}

// someWorker waits for a worker, and says so if there is none yet.
func someWorker(ctx context.Context, cl *client.Client, address string) error {
	info, err := cl.Info(ctx)
	if err != nil || len(info.Workers) > 0 {
		return err
	}
	fmt.Printf("no worker has joined yet; start one with: ashlar worker %s\n", address)
	return cl.WaitForWorkers(ctx, 1)
}

// deviceOf says for people what the resource GPU is; empty if nobody has it.
// Workers come up one after the other, so it waits a little for the first.
func deviceOf(ctx context.Context, cl *client.Client) (string, error) {
	for try := 0; ; try++ {
		info, err := cl.Info(ctx)
		if err != nil {
			return "", err
		}
		for _, w := range info.Workers {
			if w.Resources.Milli(graph.GPU) > 0 {
				return fmt.Sprintf("%s, of %s", w.Device, w.Name), nil
			}
		}
		if try == 50 {
			return "", nil
		}
		select {
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// progress shows what is running, if standard error is a terminal; else the
// lines of the report are enough.
func progress() func(stage string, done, total int64) {
	if !term.IsTerminal(int(os.Stderr.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
		return nil
	}
	var bar *progressbar.ProgressBar
	shown, visible := "", false
	return func(stage string, done, total int64) {
		if stage == "" {
			if visible {
				_ = bar.Clear()
			}
			visible = false
			return
		}
		visible = true
		if stage != shown {
			shown = stage
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription(stage),
				progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionSetPredictTime(false))
		}
		bar.ChangeMax64(total)
		_ = bar.Set64(min(done, total-1)) // a full bar would end its line
	}
}
