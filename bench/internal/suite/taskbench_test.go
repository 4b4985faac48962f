package suite

import (
	"strings"
	"testing"
)

func TestTaskBenchRows(t *testing.T) {
	rows := runQuick(t, TaskBench(), func(name string) bool {
		return strings.HasPrefix(name, "fft/process=one") || name == "tree/process=2/tasks=8"
	})
	if len(rows) != 2 {
		t.Fatalf("%d rows, want one in one process and one in two", len(rows))
	}
	for _, r := range rows {
		if r.Value < 0.01 || r.Value > 1e6 {
			t.Errorf("%s: a METG of %v µs cannot be", r.Case, r.Value)
		}
	}
}
