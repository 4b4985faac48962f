package suite

import (
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/frame"
)

// Every question, with groups of one row too, has the answer of the naive
// evaluation; and that is not the answer of another seed.
func TestQuestions(t *testing.T) {
	run := startTestEngine(t, harness.Config{Threads: 2})
	spec := groupdata.Spec{Rows: 20_000, K: 50, Seed: 1}
	parts, err := groupdata.Generate(spec)
	if err != nil {
		t.Fatal(err)
	}
	defer releaseAll(parts)
	spec.Seed = 2
	others, err := groupdata.Generate(spec)
	if err != nil {
		t.Fatal(err)
	}
	defer releaseAll(others)
	plain, err := newNaive(parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range questions() {
		call := harness.Call{Check: true, Repeat: 2}
		if _, err := ask(t.Context(), run, q, frame.FromTables(parts...), plain, call); err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
		if _, err := ask(t.Context(), run, q, frame.FromTables(others...), plain, call); err == nil {
			t.Errorf("%s: the answer to other rows passed", q.name)
		}
	}
}
