package server

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestGoLimit(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct{ budget, results, live, want int64 }{
		{budget: 1000 * mib, results: 0, live: 8 * mib, want: 1000 * mib},
		{budget: 1000 * mib, results: 700 * mib, live: 8 * mib, want: 300 * mib},
		{budget: 1000 * mib, results: 990 * mib, live: 8 * mib, want: 26 * mib}, // never so little that it only collects
		{budget: 1000 * mib, results: 0, live: 1000 * mib, want: 1266 * mib},    // results may be Go's own
		{budget: 1, results: 0, live: 0, want: heapFloor},                       // a limit below the program itself
	} {
		if got := goLimit(c.budget, c.results, c.live); got != c.want {
			t.Errorf("goLimit(%d, %d, %d) is %d, want %d", c.budget, c.results, c.live, got, c.want)
		}
	}
}

// TestHeapOfOwnProcess: Go is told a limit only in a process that is nothing
// but a worker, and by nobody who has set one; in the end it has the old one.
func TestHeapOfOwnProcess(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	before := debug.SetMemoryLimit(-1)
	for _, o := range []Options{{Memory: 1 << 30}, {OwnProcess: true}} {
		if limit := newHeap(o, nil).adjust(); limit != 0 || debug.SetMemoryLimit(-1) != before {
			t.Errorf("%+v limits Go to %d bytes", o, limit)
		}
	}
	h := newHeap(Options{Memory: 1 << 30, OwnProcess: true}, nil)
	if limit := h.adjust(); limit <= 0 || limit > 1<<30+1<<30/10 || debug.SetMemoryLimit(-1) != limit {
		t.Errorf("of 1 GiB, Go may have %d bytes, and was told %d", limit, debug.SetMemoryLimit(-1))
	}
	h.restore()
	if now := debug.SetMemoryLimit(-1); now != before {
		t.Errorf("in the end Go may have %d bytes, and before %d", now, before)
	}
	t.Setenv("GOMEMLIMIT", "3GiB")
	if limit := newHeap(Options{Memory: 1 << 30, OwnProcess: true}, nil).adjust(); limit != 0 {
		t.Errorf("GOMEMLIMIT is set, and Go is told %d", limit)
	}
}

func TestMarksBeside(t *testing.T) {
	for _, c := range []struct{ other, above, to float64 }{
		{0, 0.70, 0.50}, {0.1, 0.70, 0.50}, {0.2, 0.60, 0.40}, {0.5, 0.30, 0.125}, {3, 0.25, 0.125},
	} {
		above, to := marksBeside(c.other)
		if math.Abs(above-c.above) > 1e-9 || math.Abs(to-c.to) > 1e-9 {
			t.Errorf("beside %.2f: %.3f and %.3f, want %.3f and %.3f", c.other, above, to, c.above, c.to)
		}
	}
}
