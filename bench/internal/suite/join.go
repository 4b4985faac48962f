package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/joindata"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/kernels"
)

// Join is the suite of joins, and of a sort, on data in memory, timed up to the
// result, which stays in partitions as it does with the peers.
func Join() harness.Suite {
	return harness.Suite{
		Name:  "join",
		About: "join questions j1–j5 on 10⁷ rows in memory, and a sort of 10⁷ rows of 9 columns, beside Polars, DuckDB and Dask",
		Plan:  planJoin,
	}
}

// joinQuestion joins x with one of the tables on its right.
type joinQuestion struct {
	name  string
	right int // small, medium, big
	kind  frame.JoinKind
	on    string
}

func joinQuestions() []joinQuestion {
	const small, medium, big = 0, 1, 2
	return []joinQuestion{
		{"j1", small, frame.Inner, "id1"},
		{"j2", medium, frame.Inner, "id2"},
		{"j3", medium, frame.Left, "id2"},
		{"j4", medium, frame.Inner, "id5"},
		{"j5", big, frame.Inner, "id3"},
	}
}

// joinRequest is what the peers' program is asked for.
type joinRequest struct {
	Question string `json:"question"`
	Dir      string `json:"dir"` // with a folder of Parquet files for each table
	Threads  int    `json:"threads"`
}

// joinTables are the tables of the suite where the engine holds them.
type joinTables struct {
	x     *frame.Frame
	right [3]*frame.Frame
	free  []func()
}

func (t *joinTables) release() {
	for _, f := range t.free {
		f()
	}
}

func holdTables(ctx context.Context, run *engine, data *joindata.Tables) (*joinTables, error) {
	t := &joinTables{}
	for i, parts := range [][]*kernels.Table{data.X, data.Small, data.Medium, data.Big} {
		held, free, err := frame.FromTables(parts...).Persist(ctx, run)
		if err != nil {
			t.release()
			return nil, err
		}
		t.free = append(t.free, free)
		if i == 0 {
			t.x = held
		} else {
			t.right[i-1] = held
		}
	}
	return t, nil
}

func planJoin(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	rows := 10_000_000
	if cfg.Quick {
		rows = 1_000_000
	}
	return planJoinOf(ctx, cfg, rows, "polars", "duckdb", "dask")
}

func planJoinOf(ctx context.Context, cfg harness.Config, rows int, names ...string) ([]harness.Case, func() error, error) {
	spec := joindata.Spec{Rows: rows, Seed: 1}
	run, err := startEngine(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	data, err := joindata.Generate(spec)
	if err != nil {
		return nil, nil, errors.Join(err, run.close())
	}
	held, err := holdTables(ctx, run, data)
	if err != nil {
		data.Release()
		return nil, nil, errors.Join(err, run.close())
	}
	dir := cfg.Dir + "/" + spec.String()
	plain := newPlainJoin(data)
	err = joinFiles(ctx, run, data, dir)
	data.Release()
	if err != nil {
		held.release()
		return nil, nil, errors.Join(err, run.close())
	}
	var peers []harness.Peer
	for _, name := range names {
		peers = append(peers, harness.NewProcess(name, "join.py", "--threads", fmt.Sprint(cfg.Threads)))
	}
	cases := joinCases(cfg, run, spec, held, plain, dir, peers)
	return cases, func() error {
		held.release()
		return errors.Join(closePeers(peers), run.close())
	}, nil
}

func joinCases(cfg harness.Config, run *engine, spec joindata.Spec, held *joinTables, plain *plainJoin, dir string, peers []harness.Peer) []harness.Case {
	var cases []harness.Case
	for _, q := range joinQuestions() {
		cases = append(cases, harness.Case{
			Name:   fmt.Sprintf("%s/n=%d", q.name, spec.Rows),
			Metric: "ms", Better: harness.Lower, Value: milliseconds,
			Ours: func(ctx context.Context, call harness.Call) (harness.Sample, error) {
				return plain.ask(ctx, run, q, held, call)
			},
			Peers:     peers,
			Request:   joinRequest{q.name, dir, cfg.Threads},
			Short:     cfg.Quick,
			Tolerance: tolerance,
		})
	}
	return append(cases, sortCase(cfg, run, spec.Rows, peers))
}

// joinFiles writes the tables as Parquet files for the peers.
func joinFiles(ctx context.Context, run *engine, data *joindata.Tables, dir string) error {
	for name, parts := range map[string][]*kernels.Table{"x": data.X, "small": data.Small, "medium": data.Medium, "big": data.Big} {
		into := filepath.Join(dir, name)
		if err := os.MkdirAll(into, 0o755); err != nil {
			return fmt.Errorf("bench: a folder for the peers' data: %w", err)
		}
		if _, err := frame.FromTables(parts...).WriteParquet(ctx, run, into); err != nil {
			return err
		}
	}
	return nil
}

// timeParts computes a frame call.Repeat times; the last result is returned.
func timeParts(ctx context.Context, run *engine, f *frame.Frame, repeat int) (parts []*kernels.Table, seconds float64, err error) {
	start := time.Now()
	for range repeat {
		releaseAll(parts)
		if parts, err = f.ComputeParts(ctx, run); err != nil {
			return nil, 0, err
		}
	}
	return parts, time.Since(start).Seconds() / float64(repeat), nil
}

// ask answers a question call.Repeat times and checks the last answer.
func (p *plainJoin) ask(ctx context.Context, run *engine, q joinQuestion, held *joinTables, call harness.Call) (harness.Sample, error) {
	joined := held.x.Join(held.right[q.right], q.kind, frame.Using(q.on))
	parts, seconds, err := timeParts(ctx, run, joined, call.Repeat)
	if err != nil {
		return harness.Sample{}, err
	}
	defer releaseAll(parts)
	s := harness.Sample{Seconds: seconds}
	if !call.Check {
		return s, nil
	}
	if s.Answer, err = digestParts(parts, "id3", ""); err != nil {
		return s, err
	}
	if err := s.Answer.Differ(p.answer(q), tolerance); err != nil {
		return s, fmt.Errorf("%w (a plain join)", err)
	}
	return s, nil
}

// sortCase sorts the table of the group-by suite by its floats.
func sortCase(cfg harness.Config, run *engine, rows int, peers []harness.Peer) harness.Case {
	spec := groupdata.Spec{Rows: rows, K: 100, Seed: 1}
	var held *frame.Frame
	return harness.Case{
		Name:   fmt.Sprintf("sort/n=%d", rows),
		Metric: "ms", Better: harness.Lower, Value: milliseconds,
		Prepare: func(ctx context.Context) (func(), error) {
			parts, _, err := groupFiles(ctx, cfg, run, spec)
			if err != nil {
				return nil, err
			}
			defer releaseAll(parts)
			var free func()
			held, free, err = frame.FromTables(parts...).Persist(ctx, run)
			return free, err
		},
		Ours: func(ctx context.Context, call harness.Call) (harness.Sample, error) {
			parts, seconds, err := timeParts(ctx, run, held.Sort(frame.Asc("v3")), call.Repeat)
			if err != nil {
				return harness.Sample{}, err
			}
			defer releaseAll(parts)
			s := harness.Sample{Seconds: seconds}
			if call.Check {
				s.Answer, err = digestParts(parts, "id6", "v3")
			}
			if err == nil && call.Check && (s.Answer["disorder"] != 0 || s.Answer["rows"] != float64(rows)) {
				err = fmt.Errorf("bench: %v rows out of order of %v", s.Answer["disorder"], s.Answer["rows"])
			}
			return s, err
		},
		Peers:     peers,
		Request:   joinRequest{"sort", cfg.Dir + "/" + spec.String(), cfg.Threads},
		Short:     cfg.Quick,
		Tolerance: tolerance,
	}
}
