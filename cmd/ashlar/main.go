// Command ashlar runs the parts of a cluster, and a demonstration on real data.
//
//	ashlar demo                    everything, on this machine
//	ashlar scheduler               a scheduler
//	ashlar worker HOST:PORT        a worker of the scheduler at HOST:PORT
//	ashlar flight HOST:PORT        an Arrow Flight service of what is published there
//	ashlar gpu                     the GPUs of this machine, checked and measured
//	ashlar version                 which Ashlar this is
//
// `ashlar COMMAND -h` shows the flags of a command.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/ashlar-go/ashlar/cluster"
	"github.com/peterbourgon/ff/v3/ffcli"
)

func main() {
	cluster.Init(equip)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command().ParseAndRun(ctx, os.Args[1:])
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		os.Exit(130) // ended by the user; what was running has been cleaned up
	}
	fmt.Fprintln(os.Stderr, "ashlar:", err)
	os.Exit(1)
}

func command() *ffcli.Command {
	fs := flag.NewFlagSet("ashlar", flag.ContinueOnError)
	return &ffcli.Command{
		ShortUsage:  "ashlar <demo | scheduler | worker | flight | gpu | version> [flags]",
		ShortHelp:   "A numeric dataflow engine: chunked arrays, partitioned frames, futures.",
		FlagSet:     fs,
		Subcommands: []*ffcli.Command{demoCommand(), schedulerCommand(), workerCommand(), flightCommand(), gpuCommand(), versionCommand()},
		Exec: func(_ context.Context, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no command %q; try demo, scheduler, worker, flight, gpu or version", args[0])
			}
			return flag.ErrHelp
		},
	}
}

// noArgs refuses what is left after the flags.
func noArgs(args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q (flags go before arguments)", args[0])
	}
	return nil
}
