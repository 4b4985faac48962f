package suite

import (
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// What is read back from either format is what was written.
func TestScans(t *testing.T) {
	cfg := harness.Config{Threads: 2, Dir: t.TempDir()}
	run := startTestEngine(t, cfg)
	spec := groupdata.Spec{Rows: groupdata.PartitionRows + 1000, K: 100, Seed: 1}
	requests, err := scanFiles(t.Context(), cfg, run, spec)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := groupdata.Generate(spec)
	if err != nil {
		t.Fatal(err)
	}
	defer releaseAll(parts)
	want, err := digestColumns(parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range requests[:2] {
		got, err := scanOnce(t.Context(), run, r, harness.Call{Check: true, Repeat: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Answer.Differ(want, tolerance); err != nil {
			t.Errorf("%s: %v", r.Format, err)
		}
	}
	flights, err := scanOnce(t.Context(), run, requests[2], harness.Call{Check: true, Repeat: 1})
	if err != nil || flights.Answer["rows"] != 3_000_000 {
		t.Errorf("flights: %v rows, %v", flights.Answer["rows"], err)
	}
}
