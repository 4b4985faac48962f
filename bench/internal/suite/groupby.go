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
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// GroupBy is the suite of group-by questions on data in memory, timed up to
// the materialised result. q8, the two largest values of each group, waits for
// such an aggregate in frame.
func GroupBy() harness.Suite {
	return harness.Suite{
		Name:  "groupby",
		About: "group-by questions q1–q7, q9, q10 on 10⁷ rows in memory (q8 has no aggregate yet), beside Polars, DuckDB and Dask",
		Plan:  planGroupBy,
	}
}

// question is a query, and the shape of its answer: key columns, then values.
type question struct {
	name string
	keys []string
	ask  func(*frame.Frame) *frame.Frame
}

func questions() []question {
	group := func(keys []string, aggs ...frame.Agg) func(*frame.Frame) *frame.Frame {
		return func(f *frame.Frame) *frame.Frame { return f.GroupBy(keys...).Agg(aggs...) }
	}
	var qs []question
	add := func(name string, keys []string, aggs ...frame.Agg) {
		qs = append(qs, question{name, keys, group(keys, aggs...)})
	}
	add("q1", []string{"id1"}, frame.Sum("v1").As("a"))
	add("q2", []string{"id1", "id2"}, frame.Sum("v1").As("a"))
	add("q3", []string{"id3"}, frame.Sum("v1").As("a"), frame.Mean("v3").As("b"))
	add("q4", []string{"id4"}, frame.Mean("v1").As("a"), frame.Mean("v2").As("b"), frame.Mean("v3").As("c"))
	add("q5", []string{"id6"}, frame.Sum("v1").As("a"), frame.Sum("v2").As("b"), frame.Sum("v3").As("c"))
	add("q6", []string{"id4", "id5"}, frame.Median("v3").As("a"), frame.Std("v3").As("b"))
	qs = append(qs,
		question{"q7", []string{"id3"}, spread},
		question{"q9", []string{"id2", "id4"}, correlation})
	add("q10", []string{"id1", "id2", "id3", "id4", "id5", "id6"}, frame.Sum("v3").As("a"), frame.Rows().As("b"))
	return qs
}

// spread is max v1 − min v2 by id3.
func spread(f *frame.Frame) *frame.Frame {
	return f.GroupBy("id3").Agg(frame.Max("v1").As("x"), frame.Min("v2").As("y")).
		Select("id3", frame.Col("x").Sub(frame.Col("y")).As("a"))
}

// correlation is the square of Pearson's correlation of v1 and v2 by id2 and
// id4, from sums of integers, which are exact.
func correlation(f *frame.Frame) *frame.Frame {
	v1, v2 := frame.Col("v1"), frame.Col("v2")
	sums := f.Select("id2", "id4", "v1", "v2", v1.Mul(v2).As("xy"), v1.Mul(v1).As("xx"), v2.Mul(v2).As("yy")).
		GroupBy("id2", "id4").Agg(frame.Rows().As("n"), frame.Sum("v1").As("x"), frame.Sum("v2").As("y"),
		frame.Sum("xy").As("xy"), frame.Sum("xx").As("xx"), frame.Sum("yy").As("yy"))
	// n·Σuv − Σu·Σv
	co := func(uv, u, v string) frame.Expr {
		return frame.Col("n").Mul(frame.Col(uv)).Sub(frame.Col(u).Mul(frame.Col(v))).Cast(expr.Float64)
	}
	xy := co("xy", "x", "y")
	return sums.Select("id2", "id4", xy.Mul(xy).Div(co("xx", "x", "x").Mul(co("yy", "y", "y"))).As("a"))
}

// groupRequest is what the peers' program is asked for.
type groupRequest struct {
	Question string `json:"question"`
	Files    string `json:"files"` // a glob of Parquet files
	Threads  int    `json:"threads"`
}

func planGroupBy(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	spec := groupdata.Spec{Rows: 10_000_000, K: 100, Seed: 1}
	if cfg.Quick {
		spec.Rows = 1_000_000
	}
	run, err := startEngine(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	parts, files, err := groupFiles(ctx, cfg, run, spec)
	if err != nil {
		return nil, nil, errors.Join(err, run.close())
	}
	plain, err := newNaive(parts)
	if err != nil {
		return nil, nil, errors.Join(err, run.close())
	}
	data, release, err := frame.FromTables(parts...).Persist(ctx, run)
	if err != nil {
		return nil, nil, errors.Join(err, run.close())
	}
	var peers []harness.Peer
	for _, name := range []string{"polars", "duckdb", "dask"} {
		peers = append(peers, harness.NewProcess(name, "groupby.py", "--threads", fmt.Sprint(cfg.Threads)))
	}
	var cases []harness.Case
	for _, q := range questions() {
		cases = append(cases, harness.Case{
			Name:   fmt.Sprintf("%s/n=%d", q.name, spec.Rows),
			Metric: "ms", Better: harness.Lower, Value: milliseconds,
			Ours: func(ctx context.Context, call harness.Call) (harness.Sample, error) {
				return ask(ctx, run, q, data, plain, call)
			},
			Peers:     peers,
			Request:   groupRequest{q.name, files, cfg.Threads},
			Short:     cfg.Quick,
			Tolerance: tolerance,
		})
	}
	return cases, func() error {
		release()
		releaseAll(parts)
		return errors.Join(closePeers(peers), run.close())
	}, nil
}

// tolerance is the relative difference that sums of ten million floats in
// another order may have, with room.
const tolerance = 1e-9

func milliseconds(s float64) float64 { return s * 1e3 }

func closePeers(peers []harness.Peer) error {
	var errs []error
	for _, p := range peers {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// groupFiles makes the table and writes it as Parquet files for the peers.
func groupFiles(ctx context.Context, cfg harness.Config, run *engine, spec groupdata.Spec) (parts []*kernels.Table, files string, err error) {
	if parts, err = groupdata.Generate(spec); err != nil {
		return nil, "", err
	}
	dir := cfg.Dir + "/" + spec.String()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, "", fmt.Errorf("bench: a folder for the peers' data: %w", err)
	}
	files = dir + "/*.parquet"
	if old, _ := filepath.Glob(files); len(old) > 0 {
		return parts, files, nil // another suite of this run has written the same table
	}
	if _, err := frame.FromTables(parts...).WriteParquet(ctx, run, dir); err != nil {
		return nil, "", err
	}
	return parts, files, nil
}

// ask runs a question call.Repeat times and checks the last answer.
func ask(ctx context.Context, run *engine, q question, data *frame.Frame, plain *naive, call harness.Call) (harness.Sample, error) {
	var t *kernels.Table
	start := time.Now()
	for range call.Repeat {
		if t != nil {
			t.Release()
		}
		var err error
		if t, err = q.ask(data).Compute(ctx, run); err != nil {
			return harness.Sample{}, err
		}
	}
	s := harness.Sample{Seconds: time.Since(start).Seconds() / float64(call.Repeat)}
	defer t.Release()
	if !call.Check {
		return s, nil
	}
	var err error
	if s.Answer, err = digestGroups(t, len(q.keys)); err != nil {
		return s, err
	}
	if err := s.Answer.Differ(plain.answer(q), tolerance); err != nil {
		return s, fmt.Errorf("%w (a naive evaluation)", err)
	}
	return s, nil
}
