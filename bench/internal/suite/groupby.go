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
)

// GroupBy is the suite of group-by questions on data in memory, timed up to the
// materialised result: a table of as many partitions as the engine makes, as the
// peers' have their chunks and row groups.
func GroupBy() harness.Suite {
	return harness.Suite{
		Name:  "groupby",
		About: "group-by questions q1–q10 on 10⁷ rows in memory, beside Polars, DuckDB and Dask; and with 5 % nulls, with K = 10, sorted, beside the first two",
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
	qs = append(qs, question{"q7", []string{"id3"}, spread})
	add("q8", []string{"id6"}, frame.NLargest("v3", 2).As("a"))
	qs = append(qs, question{"q9", []string{"id2", "id4"}, correlation})
	add("q10", []string{"id1", "id2", "id3", "id4", "id5", "id6"}, frame.Sum("v3").As("a"), frame.Rows().As("b"))
	return qs
}

// spread is max v1 − min v2 by id3.
func spread(f *frame.Frame) *frame.Frame {
	return f.GroupBy("id3").Agg(frame.Max("v1").As("x"), frame.Min("v2").As("y")).
		Select("id3", frame.Col("x").Sub(frame.Col("y")).As("a"))
}

// correlation is the square of Pearson's correlation of v1 and v2 by id2 and id4.
func correlation(f *frame.Frame) *frame.Frame {
	r := frame.Col("r")
	return f.GroupBy("id2", "id4").Agg(frame.Corr("v1", "v2").As("r")).Select("id2", "id4", r.Mul(r).As("a"))
}

// groupRequest is what the peers' program is asked for.
type groupRequest struct {
	Question string `json:"question"`
	Files    string `json:"files"` // a glob of Parquet files
	Threads  int    `json:"threads"`
}

// A groupTable is one table that the questions are asked of.
type groupTable struct {
	spec  groupdata.Spec
	label string // what tells its cases from those of the first
	check bool   // also beside a naive evaluation
	peers []harness.Peer

	files string
	data  *frame.Frame
	plain *naive
	close func()
}

// groupTables are the table of the benchmark and its variants.
func groupTables(rows, variantRows int) []*groupTable {
	base := groupdata.Spec{Rows: rows, K: 100, Seed: 1}
	other := func(change func(*groupdata.Spec)) groupdata.Spec {
		s := base
		s.Rows = variantRows
		change(&s)
		return s
	}
	return []*groupTable{
		{spec: base, check: true},
		{spec: other(func(s *groupdata.Spec) { s.Nulls = 5 }), label: "/nulls=5%"},
		{spec: other(func(s *groupdata.Spec) { s.K = 10 }), label: "/k=10"},
		{spec: other(func(s *groupdata.Spec) { s.Sorted = true }), label: "/sorted"},
	}
}

func planGroupBy(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	tables := groupTables(10_000_000, 10_000_000)
	if cfg.Quick {
		tables = groupTables(1_000_000, 100_000)
	}
	run, err := startEngine(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	var peers []harness.Peer
	for _, name := range []string{"polars", "duckdb", "dask"} {
		peers = append(peers, harness.NewProcess(name, "groupby.py", "--threads", fmt.Sprint(cfg.Threads)))
	}
	room := &groupRoom{run: run, cfg: cfg}
	var cases []harness.Case
	for i, t := range tables {
		t.peers = peers
		if i > 0 {
			t.peers = peers[:2]
		}
		for _, q := range questions() {
			cases = append(cases, room.groupCase(t, q))
		}
	}
	return cases, func() error {
		room.leave()
		return errors.Join(closePeers(peers), run.close())
	}, nil
}

// A groupRoom has one table at a time in memory.
type groupRoom struct {
	run  *engine
	cfg  harness.Config
	have *groupTable
}

func (r *groupRoom) leave() {
	if r.have != nil {
		r.have.close()
		r.have = nil
	}
}

// enter brings t into memory in place of what was there.
func (r *groupRoom) enter(ctx context.Context, t *groupTable) error {
	if r.have == t {
		return nil
	}
	r.leave()
	parts, files, err := groupFiles(ctx, r.cfg, r.run, t.spec)
	if err != nil {
		return err
	}
	t.files = files
	if t.check {
		if t.plain, err = newNaive(parts); err != nil {
			releaseAll(parts)
			return err
		}
	}
	data, release, err := frame.FromTables(parts...).Persist(ctx, r.run)
	if err != nil {
		releaseAll(parts)
		return err
	}
	t.data = data
	t.close = func() {
		release()
		releaseAll(parts)
		t.data, t.plain = nil, nil
	}
	r.have = t
	return nil
}

func (r *groupRoom) groupCase(t *groupTable, q question) harness.Case {
	request := &groupRequest{Question: q.name, Threads: r.cfg.Threads}
	return harness.Case{
		Name:   fmt.Sprintf("%s/n=%d%s", q.name, t.spec.Rows, t.label),
		Metric: "ms", Better: harness.Lower, Value: milliseconds,
		Prepare: func(ctx context.Context) (func(), error) {
			err := r.enter(ctx, t)
			request.Files = t.files
			return func() {}, err
		},
		Ours: func(ctx context.Context, call harness.Call) (harness.Sample, error) {
			return ask(ctx, r.run, q, t.data, t.plain, call)
		},
		Peers:     t.peers,
		Request:   request,
		Short:     r.cfg.Quick,
		Tolerance: tolerance,
	}
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

// ask runs a question call.Repeat times and checks the last answer, also against
// plain unless that is nil.
func ask(ctx context.Context, run *engine, q question, data *frame.Frame, plain *naive, call harness.Call) (harness.Sample, error) {
	var parts []*kernels.Table
	start := time.Now()
	for range call.Repeat {
		releaseAll(parts)
		var err error
		if parts, err = q.ask(data).ComputeParts(ctx, run); err != nil {
			return harness.Sample{}, err
		}
	}
	s := harness.Sample{Seconds: time.Since(start).Seconds() / float64(call.Repeat)}
	defer releaseAll(parts)
	if !call.Check {
		return s, nil
	}
	var err error
	if s.Answer, err = digestGroups(parts, len(q.keys)); err != nil || plain == nil {
		return s, err
	}
	if err := s.Answer.Differ(plain.answer(q), tolerance); err != nil {
		return s, fmt.Errorf("%w (a naive evaluation)", err)
	}
	return s, nil
}
