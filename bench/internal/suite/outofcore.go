package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/outofcore"
	"github.com/ashlar-go/ashlar/cluster"
)

// OutOfCore is the suite of computations on four times as much data as the
// workers may have memory, beside DuckDB under the same limit, and Polars.
func OutOfCore() harness.Suite {
	return harness.Suite{
		Name: "outofcore",
		About: "matmul, transpose, group-by, sort and join on 4 times the memory limit, with the peak of what is resident beside the limit, and spilling beside plain writing and reading; " +
			"group-by also by DuckDB under the same limit and Polars, which has none to set, streaming",
		Plan: planOutOfCore,
	}
}

// overTimes is how many times as much data as memory there is.
const overTimes = 4

// over is what the cases of the suite share.
type over struct {
	cfg     harness.Config
	workers int
	limit   int64 // of each worker, bytes
	block   int   // bytes of a block or partition
}

func planOutOfCore(_ context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	o := &over{cfg: cfg, workers: 2, limit: 256 << 20, block: 8 << 20}
	n, edge := 2048, 1024
	if cfg.Quick {
		o.workers, o.limit, o.block, edge = 1, 96<<20, 2<<20, 512
	}
	data := overTimes * int64(o.workers) * o.limit
	product := outofcore.NewProduct(data, n, edge)
	groups := outofcore.NewGroups(data, o.block, 1000)
	peers := []harness.Peer{}
	for _, name := range []string{"duckdb", "polars"} {
		peers = append(peers, harness.NewProcess(name, "outofcore.py", "--threads", fmt.Sprint(o.workers), "--memory", fmt.Sprint(int64(o.workers)*o.limit), "--dir", cfg.Dir))
	}
	var cases []harness.Case
	cases = append(cases, o.work("matmul", product, func(s float64) float64 { return product.Flops() / s / 1e9 }, "GFLOP/s", harness.Higher, nil)...)
	cases = append(cases, o.work("transpose", outofcore.NewTranspose(data, o.block), milliseconds, "ms", harness.Lower, nil)...)
	cases = append(cases, o.work("groupby", groups, milliseconds, "ms", harness.Lower, peers)...)
	cases = append(cases, o.work("sort", outofcore.NewSort(data, o.block), milliseconds, "ms", harness.Lower, nil)...)
	cases = append(cases, o.work("join", outofcore.NewJoin(data, o.block), milliseconds, "ms", harness.Lower, nil)...)
	spill, err := spillCases(cfg, o.block)
	if err != nil {
		return nil, nil, err
	}
	return append(cases, spill...), func() error { return closePeers(peers) }, nil
}

// A job is a computation in the suite, and what its runs gave.
type job struct {
	*over
	w     outofcore.Work
	rig   *outofcore.Rig
	peaks []float64 // of runs whose peak was not yet told, as parts of the limit
}

// work is two cases: the time of a computation, and the most that a worker had
// resident in each run, from the holding of the data on.
func (o *over) work(name string, w outofcore.Work, value func(float64) float64, metric string, better harness.Better, peers []harness.Peer) []harness.Case {
	name = fmt.Sprintf("%s/%s of %s", name, sized(int(w.Bytes())), sized(int(int64(o.workers)*o.limit)))
	j := &job{over: o, w: w}
	return []harness.Case{
		{Name: name, Metric: metric, Better: better, Value: value, Prepare: j.prepare, Ours: j.run, Peers: peers,
			Request: overRequest{o.files()}, Tolerance: tolerance},
		{Name: name + "/peak", Metric: "peak RSS / limit", Better: harness.Lower, Prepare: j.prepareUnlessRun, Ours: j.peak},
	}
}

// prepare starts workers and has them hold the data.
func (j *job) prepare(ctx context.Context) (func(), error) {
	r, err := outofcore.Start(ctx, j.workers, j.limit, cluster.Spill(j.cfg.Dir))
	if err != nil {
		return nil, err
	}
	err = r.ResetPeaks()
	var release func()
	if err == nil {
		release, err = j.w.Hold(ctx, r)
	}
	if g, ok := j.w.(*outofcore.Groups); ok && err == nil {
		err = j.write(ctx, g)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	j.rig = r
	return func() { release(); r.Close() }, nil
}

func (j *job) run(ctx context.Context, call harness.Call) (s harness.Sample, err error) {
	start := time.Now()
	got, err := j.w.Run(ctx, j.rig)
	if err != nil {
		return s, err
	}
	s.Seconds = time.Since(start).Seconds()
	peak, err := j.rig.Peak()
	if err != nil {
		return s, err
	}
	s.Figure = float64(peak) / float64(j.limit)
	j.peaks = append(j.peaks, s.Figure)
	if !call.Check {
		return s, nil
	}
	want, err := j.w.Want(ctx)
	if err != nil {
		return s, err
	}
	s.Answer = harness.Answer{"figures": float64(len(got))}
	if g, ok := j.w.(*outofcore.Groups); ok {
		s.Answer = g.Digest(got)
	}
	return s, outofcore.Check(got, want)
}

// prepareUnlessRun prepares if the case before this one was not run.
func (j *job) prepareUnlessRun(ctx context.Context) (func(), error) {
	if len(j.peaks) > 0 {
		return func() {}, nil
	}
	return j.prepare(ctx)
}

// peak is that of a run of the case before, or else of one of its own.
func (j *job) peak(ctx context.Context, call harness.Call) (harness.Sample, error) {
	if len(j.peaks) == 0 {
		s, err := j.run(ctx, call)
		j.peaks = nil
		return s, err
	}
	s := harness.Sample{Figure: j.peaks[0], Answer: harness.Answer{"figures": 1}}
	j.peaks = j.peaks[1:]
	return s, nil
}

// write writes the data of the group-by for the peers, once.
func (o *over) write(ctx context.Context, g *outofcore.Groups) error {
	dir := filepath.Dir(o.files())
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("bench: a folder for the peers' data: %w", err)
	}
	return g.Write(ctx, dir)
}

// overRequest is what the peers' program is asked for.
type overRequest struct {
	Files string `json:"files"` // a glob of Parquet files
}

// files are those of the group-by.
func (o *over) files() string { return o.cfg.Dir + "/outofcore/*.parquet" }
