package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

// Config says what the demo runs on.
type Config struct {
	Client *client.Client
	// Device says what the resource GPU is, for people: the name of a device,
	// or that it is a fake one. Empty if no worker has it.
	Device string
	Data   string // directory of the data; empty is what the program embeds
	Scale  int    // the larger matrices are 2048·Scale square; at least 1
	Seed   uint64
	Out    io.Writer
	// Progress shows what is running on a terminal; nil shows nothing.
	Progress func(stage string, done, total int64)
}

// ErrChecks is what Run returns if a check failed.
var ErrChecks = errors.New("demo: results do not agree with gonum")

// A session is one run of the demo.
type session struct {
	*report
	ctx    context.Context
	cfg    Config
	runner graph.Runner
	meter  *meter
}

// Run runs the demo and prints what comes of it. The error wraps ErrChecks if
// all ran but a check failed.
func Run(ctx context.Context, cfg Config) error {
	cfg.Scale = max(cfg.Scale, 1)
	m := newMeter(ctx, cfg.Client, cfg.Progress)
	defer m.stop()
	s := &session{report: &report{w: cfg.Out}, ctx: ctx, cfg: cfg, runner: m, meter: m}
	start := time.Now()
	stages := []struct {
		name string
		run  func() error
	}{
		{"flights", s.etl}, {"delays", s.matrices}, {"regression", s.regression},
		{"larger matrices", s.larger}, {"restricted work", s.restricted}, {"futures", s.futures},
	}
	for _, st := range stages {
		m.begin(st.name)
		err := st.run()
		m.end()
		if err != nil {
			return fmt.Errorf("demo: %s: %w", st.name, err)
		}
	}
	if err := s.summary(time.Since(start)); err != nil {
		return err
	}
	if len(s.failed) > 0 {
		return fmt.Errorf("%w: %s", ErrChecks, strings.Join(s.failed, "; "))
	}
	return nil
}

// summary says what the cluster did, and whether all is right.
func (s *session) summary(took time.Duration) error {
	info, err := s.cfg.Client.Info(s.ctx)
	if err != nil {
		return err
	}
	s.section("Summary")
	var moved, run int64
	for _, w := range info.Workers {
		moved += w.FetchedBytes
		run += w.TasksRun
	}
	s.line("  %d tasks run in %.1f s, %s moved between workers", info.Finished, took.Seconds(), bytes(moved))
	for _, w := range info.Workers {
		res := ""
		if len(w.Resources) > 0 {
			res = ", resources " + w.Resources.String()
		}
		s.line("  %-14s %6d tasks, peak memory %10s of which results %10s%s", w.Name, w.TasksRun, bytes(w.PeakProcess), bytes(w.PeakManaged), res)
	}
	if len(s.failed) == 0 {
		s.line("\nall %d checks agree with gonum", s.checks)
		return nil
	}
	s.line("\n%d of %d checks do NOT agree with gonum:", len(s.failed), s.checks)
	for _, f := range s.failed {
		s.line("  %s", f)
	}
	return nil
}
