package suite

import (
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/joindata"
	"github.com/ashlar-go/ashlar/frame"
)

// benchRows is how many rows the tables of these benchmarks have, as in the quick
// suites.
const benchRows = 1_000_000

// BenchmarkJoins asks the questions of the join suite, without peers.
func BenchmarkJoins(b *testing.B) {
	run := startTestEngine(b, harness.Config{Threads: 2})
	data, err := joindata.Generate(joindata.Spec{Rows: benchRows, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	held, err := holdTables(b.Context(), run, data)
	data.Release()
	if err != nil {
		b.Fatal(err)
	}
	defer held.release()
	for _, q := range joinQuestions() {
		benchFrame(b, run, q.name, held.x.Join(held.right[q.right], q.kind, frame.Using(q.on)))
	}
}

// BenchmarkGroups sorts the table of the group-by suite and asks its questions,
// without peers.
func BenchmarkGroups(b *testing.B) {
	run := startTestEngine(b, harness.Config{Threads: 2})
	parts, err := groupdata.Generate(groupdata.Spec{Rows: benchRows, K: 100, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	held, free, err := frame.FromTables(parts...).Persist(b.Context(), run)
	releaseAll(parts)
	if err != nil {
		b.Fatal(err)
	}
	defer free()
	benchFrame(b, run, "sort", held.Sort(frame.Asc("v3")))
	for _, q := range questions() {
		benchFrame(b, run, q.name, q.ask(held))
	}
}

// BenchmarkScans reads the files of the scan suite, without peers.
func BenchmarkScans(b *testing.B) {
	cfg := harness.Config{Threads: 2, Dir: b.TempDir()}
	run := startTestEngine(b, cfg)
	scans, err := scanFiles(b.Context(), cfg, run, groupdata.Spec{Rows: benchRows, K: 100, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	for i, name := range []string{"csv", "parquet", "flights"} {
		b.Run(name, func(b *testing.B) {
			before := time.Duration(-1)
			for b.Loop() {
				if before < 0 {
					before = processorTime(b)
				}
				if _, err := scans[i].run(b.Context(), run, harness.Call{Repeat: 1}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((processorTime(b)-before).Seconds()*1e3/float64(b.N), "cpu-ms/op")
		})
	}
}

// benchFrame computes f again and again. It also tells the processor time of the
// whole process, which says more than the clock where others use the machine.
func benchFrame(b *testing.B, run *engine, name string, f *frame.Frame) {
	b.Run(name, func(b *testing.B) {
		before := time.Duration(-1)
		for b.Loop() {
			if before < 0 {
				before = processorTime(b)
			}
			parts, err := f.ComputeParts(b.Context(), run)
			if err != nil {
				b.Fatal(err)
			}
			releaseAll(parts)
		}
		b.ReportMetric((processorTime(b)-before).Seconds()*1e3/float64(b.N), "cpu-ms/op")
	})
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
