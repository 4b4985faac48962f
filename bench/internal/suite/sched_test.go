package suite

import (
	"strings"
	"testing"
)

func TestSchedRows(t *testing.T) {
	rows := runQuick(t, Sched(), func(name string) bool {
		return strings.Contains(name, "tasks=10^4/workers=10^1") || strings.HasPrefix(name, "memory/random/")
	})
	metrics := map[string]int{}
	for _, r := range rows {
		metrics[r.Metric]++
		if r.Metric == "bytes/task" && (r.Value < 20 || r.Value > 1000) {
			t.Errorf("%s: %v bytes a task cannot be", r.Case, r.Value)
		}
		if r.Metric == "tasks/s" && (r.Value < 1e3 || r.Value > 1e8) {
			t.Errorf("%s: %v tasks/s cannot be", r.Case, r.Value)
		}
	}
	if metrics["tasks/s"] != 4 || metrics["bytes/task"] != 1 {
		t.Errorf("rows %v, want a rate for each of 4 shapes, and one memory", metrics)
	}
}

func TestPower(t *testing.T) {
	for n, want := range map[int]string{10: "10^1", 5_000_000: "5·10^6", 10_000_000: "10^7"} {
		if got := power(n); got != want {
			t.Errorf("power(%d) is %s, want %s", n, got, want)
		}
	}
}
