package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
	// Only names the stages to run (see Stages); nil is all.
	Only []string
	// Progress shows what is running on a terminal, or, with an empty stage,
	// takes that off the screen; nil shows nothing. Calls come one at a time,
	// and never while Out is written to.
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

// stages are the parts of the demo, in order.
var stages = []struct {
	name string
	run  func(*session) error
}{
	{"flights", (*session).etl}, {"delays", (*session).matrices}, {"regression", (*session).regression},
	{"larger", (*session).larger}, {"restricted", (*session).restricted}, {"futures", (*session).futures},
}

// Stages returns the names of the parts of the demo, in order.
func Stages() []string {
	var names []string
	for _, st := range stages {
		names = append(names, st.name)
	}
	return names
}

// CheckStages returns an error if one of the names is no stage.
func CheckStages(only []string) error {
	for _, name := range only {
		if !slices.Contains(Stages(), name) {
			return fmt.Errorf("demo: there is no stage %q; there are %s", name, strings.Join(Stages(), ", "))
		}
	}
	return nil
}

// Run runs the demo and prints what comes of it. The error wraps ErrChecks if
// all ran but a check failed.
func Run(ctx context.Context, cfg Config) error {
	cfg.Scale = max(cfg.Scale, 1)
	m := newMeter(ctx, cfg.Client, cfg.Out, cfg.Progress)
	defer m.stop()
	s := &session{report: &report{w: m}, ctx: ctx, cfg: cfg, runner: m, meter: m}
	start := time.Now()
	if err := CheckStages(cfg.Only); err != nil {
		return err
	}
	for _, st := range stages {
		if cfg.Only != nil && !slices.Contains(cfg.Only, st.name) {
			continue
		}
		m.begin(st.name)
		err := st.run(s)
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
	// What the workers count arrives with their heartbeats, one a second.
	select {
	case <-time.After(1200 * time.Millisecond):
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
	info, err := s.cfg.Client.Info(s.ctx)
	if err != nil {
		return err
	}
	s.section("Summary")
	var moved, mapped int64
	for _, w := range info.Workers {
		moved += w.FetchedBytes
		mapped += w.MappedBytes
	}
	s.line("  %d tasks run in %.1f s; of each other's results the workers read %s where they lie and %s over the network",
		info.Finished, took.Seconds(), bytes(mapped), bytes(moved))
	for _, w := range info.Workers {
		res := ""
		if len(w.Resources) > 0 {
			res = ", resources " + w.Resources.String()
		}
		if w.DeviceHost > 0 {
			res += ", drivers " + bytes(w.DeviceHost)
		}
		s.line("  %-14s %6d tasks, peak memory %10s of which results %10s; Go's heap now %10s%s",
			w.Name, w.TasksRun, bytes(w.PeakProcess), bytes(w.PeakManaged), bytes(w.Heap), res)
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
