package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/server"
	"github.com/peterbourgon/ff/v3/ffcli"
)

func schedulerCommand() *ffcli.Command {
	fs := flag.NewFlagSet("ashlar scheduler", flag.ContinueOnError)
	listen := fs.String("listen", server.DefaultAddress, "address to listen on, `host:port`; port 0 takes any free one")
	noWorker := fs.Duration("no-worker-timeout", time.Minute, "how long a task waits for a worker that can run it")
	quiet := fs.Bool("quiet", false, "log nothing but errors")
	return &ffcli.Command{
		Name:       "scheduler",
		ShortUsage: "ashlar scheduler [flags]",
		ShortHelp:  "Run a scheduler until interrupted.",
		FlagSet:    fs,
		Exec: func(ctx context.Context, args []string) error {
			if err := noArgs(args); err != nil {
				return err
			}
			o := server.Options{
				Listen: *listen, Log: logger(*quiet),
				Machine: sched.Config{NoWorkerTimeout: *noWorker},
			}
			defer cluster.CollectLess()()
			s, err := server.Listen(o)
			if err != nil {
				return err
			}
			fmt.Printf("scheduler at %s\nstart workers with: ashlar worker %s\n", s.Addr(), s.Addr())
			if err := s.Serve(ctx); err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		},
	}
}

func logger(quiet bool) *slog.Logger {
	level := slog.LevelInfo
	if quiet {
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
