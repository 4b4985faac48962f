package harness

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Runner runs suites and hands each row on as soon as it is known.
type Runner struct {
	Config Config
	Env    Env
	Emit   func(Row) error
	// Wanted picks cases by name; nil is all.
	Wanted func(name string) bool
	// NoPeers leaves every peer out.
	NoPeers bool
}

// Run runs one suite. It ends at the first error: a wrong answer, a peer that
// died, data that could not be made.
func (r *Runner) Run(ctx context.Context, s Suite) (err error) {
	if r.Config.Runs < MinRuns {
		return fmt.Errorf("bench: %d runs are too few, the least is %d", r.Config.Runs, MinRuns)
	}
	cases, closeAll, err := s.Plan(ctx, r.Config)
	if err != nil {
		return fmt.Errorf("bench: suite %s: %w", s.Name, err)
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	for i := range cases {
		c := &cases[i]
		if r.Wanted != nil && !r.Wanted(c.Name) {
			continue
		}
		if err := r.runCase(ctx, s.Name, c); err != nil {
			return fmt.Errorf("%s %s: %w", s.Name, c.Name, err)
		}
	}
	return nil
}

// contender is one side of a case and what its runs gave so far.
type contender struct {
	peer    Peer // nil is us
	run     func(ctx context.Context, call Call) (Sample, error)
	repeat  int
	values  []float64 // of the case's metric
	missing *NotInstalledError
}

func (r *Runner) runCase(ctx context.Context, suite string, c *Case) error {
	if c.Prepare != nil {
		release, err := c.Prepare(ctx)
		if err != nil {
			return err
		}
		defer release()
	}
	sides, err := r.contenders(ctx, c)
	if err != nil {
		return err
	}
	if err := warmUp(ctx, c, sides); err != nil {
		return err
	}
	for range r.Config.Runs {
		for _, s := range sides {
			if s.missing != nil {
				continue
			}
			sample, err := s.run(ctx, Call{Repeat: s.repeat})
			if err != nil {
				return err
			}
			s.values = append(s.values, c.metric(sample))
		}
	}
	return r.emit(suite, c, sides)
}

// contenders are we, first, and the peers of the case.
func (r *Runner) contenders(ctx context.Context, c *Case) ([]*contender, error) {
	sides := []*contender{{run: c.Ours, repeat: 1}}
	if r.NoPeers {
		return sides, nil
	}
	for _, p := range c.Peers {
		s := &contender{peer: p, repeat: 1, run: func(ctx context.Context, call Call) (Sample, error) {
			return p.Run(ctx, c, call)
		}}
		if err := p.Start(ctx); err != nil && !errors.As(err, &s.missing) {
			return nil, err
		}
		sides = append(sides, s)
	}
	return sides, nil
}

// shortest is how long a timed run of a Short case is made to take.
const shortest = 0.05

// warmUp runs each side once with its answer, compares them, and finds how
// often a short case is to be repeated.
func warmUp(ctx context.Context, c *Case, sides []*contender) error {
	var ours Answer
	for _, s := range sides {
		if _, computesNothing := s.peer.(*Limit); computesNothing || s.missing != nil {
			continue
		}
		sample, err := s.run(ctx, Call{Check: true, Repeat: 1})
		if err != nil {
			return err
		}
		if s.peer == nil {
			ours = sample.Answer
		} else if err := ours.Differ(sample.Answer, c.Tolerance); err != nil {
			return fmt.Errorf("%w (%s)", err, s.peer.Name())
		}
		if !c.Short {
			continue
		}
		if sample, err = s.run(ctx, Call{Repeat: 1}); err != nil {
			return err
		}
		s.repeat = int(min(1e6, math.Ceil(shortest/sample.Seconds)))
	}
	return nil
}

func (r *Runner) emit(suite string, c *Case, sides []*contender) error {
	row := newRow(suite, c, sides[0].values, r.Env)
	if len(sides) == 1 {
		return r.Emit(row)
	}
	for _, s := range sides[1:] {
		full := row
		if s.missing != nil {
			full = row.without(s.peer, s.missing.How)
		} else {
			full = row.beside(s.peer, s.values)
		}
		if err := r.Emit(full); err != nil {
			return err
		}
	}
	return nil
}
