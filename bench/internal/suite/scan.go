package suite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/examples/data"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/kernels"
)

// Scan is the suite of reading whole files into tables in memory: the group-by
// table as one CSV file and as Parquet files, and the real flights.
func Scan() harness.Suite {
	return harness.Suite{
		Name:  "scan",
		About: "CSV and Parquet of the group-by data, and 3 million real flights, into memory, beside Polars, DuckDB and pyarrow",
		Plan:  planScan,
	}
}

// scanRequest is what the peers' program is asked for.
type scanRequest struct {
	Format string `json:"format"`
	Files  string `json:"files"` // a path or a glob
}

func planScan(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	spec := groupdata.Spec{Rows: 10_000_000, K: 100, Seed: 1}
	if cfg.Quick {
		spec.Rows = 1_000_000
	}
	run, err := startEngine(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	scans, err := scanFiles(ctx, cfg, run, spec)
	if err != nil {
		return nil, nil, errors.Join(err, run.close())
	}
	var peers []harness.Peer
	for _, name := range []string{"polars", "duckdb", "pyarrow"} {
		peers = append(peers, harness.NewProcess(name, "scan.py", "--threads", fmt.Sprint(cfg.Threads)))
	}
	names := []string{fmt.Sprintf("csv/n=%d", spec.Rows), fmt.Sprintf("parquet/n=%d", spec.Rows), "parquet/flights"}
	var cases []harness.Case
	for i, name := range names {
		cases = append(cases, harness.Case{
			Name: name, Metric: "ms", Better: harness.Lower, Value: milliseconds,
			Ours: func(ctx context.Context, call harness.Call) (harness.Sample, error) {
				return scans[i].run(ctx, run, call)
			},
			Peers:     peers,
			Request:   scans[i].request,
			Tolerance: tolerance,
		})
	}
	return cases, func() error { return errors.Join(closePeers(peers), run.close()) }, nil
}

// scan is one set of files, and what some of its figures must be.
type scan struct {
	request scanRequest
	want    harness.Answer
}

// scanFiles writes the files that are scanned.
func scanFiles(ctx context.Context, cfg harness.Config, run *engine, spec groupdata.Spec) ([]scan, error) {
	parts, parquet, err := groupFiles(ctx, cfg, run, spec)
	if err != nil {
		return nil, err
	}
	defer releaseAll(parts)
	written, err := digestColumns(parts)
	if err != nil {
		return nil, err
	}
	pieces, err := frame.FromTables(parts...).WriteCSV(ctx, run, cfg.Dir+"/csv")
	if err != nil {
		return nil, err
	}
	csv := cfg.Dir + "/" + spec.String() + ".csv"
	if err := joinCSV(csv, pieces); err != nil {
		return nil, fmt.Errorf("bench: the CSV file: %w", err)
	}
	flights, err := fs.ReadFile(data.FS, data.Flights)
	if err != nil {
		return nil, fmt.Errorf("bench: the flights: %w", err)
	}
	file := cfg.Dir + "/" + data.Flights
	if err := os.WriteFile(file, flights, 0o644); err != nil {
		return nil, fmt.Errorf("bench: the flights: %w", err)
	}
	return []scan{
		{scanRequest{"csv", csv}, written},
		{scanRequest{"parquet", parquet}, written},
		{scanRequest{"parquet", file}, harness.Answer{"rows": 3_000_000}}, // its source note says so
	}, nil
}

// joinCSV makes one file of pieces that each have a header, and removes them.
func joinCSV(into string, pieces []string) error {
	out, err := os.Create(into)
	if err != nil {
		return err
	}
	for i, p := range pieces {
		if err := appendCSV(out, p, i > 0); err != nil {
			return errors.Join(err, out.Close())
		}
		if err := os.Remove(p); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}

func appendCSV(out io.Writer, piece string, dropHeader bool) error {
	in, err := os.Open(piece)
	if err != nil {
		return err
	}
	defer in.Close()
	r := bufio.NewReaderSize(in, 1<<20)
	if dropHeader {
		if _, err := r.ReadSlice('\n'); err != nil {
			return err
		}
	}
	_, err = io.Copy(out, r)
	return err
}

// run reads the files into tables of ours; opening them and inferring their
// types is part of it.
func (x scan) run(ctx context.Context, run *engine, call harness.Call) (harness.Sample, error) {
	start := time.Now()
	f := frame.ReadParquet
	if x.request.Format == "csv" {
		f = func(files ...string) *frame.Frame { return frame.ReadCSV(files[0], frame.CSVOptions{}) }
	}
	tables, err := f(x.request.Files).ComputeParts(ctx, run)
	s := harness.Sample{Seconds: time.Since(start).Seconds()}
	if err != nil {
		return s, err
	}
	defer releaseAll(tables)
	if !call.Check {
		return s, nil
	}
	if s.Answer, err = digestColumns(tables); err != nil {
		return s, err
	}
	for name, want := range x.want {
		if got := s.Answer[name]; math.Abs(got-want) > tolerance*math.Abs(want) {
			return s, fmt.Errorf("bench: %s: %s came back as %v, want %v", x.request.Files, name, got, want)
		}
	}
	return s, nil
}

func releaseAll(tables []*kernels.Table) {
	for _, t := range tables {
		t.Release()
	}
}
