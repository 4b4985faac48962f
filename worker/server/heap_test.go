package server

import (
	"runtime/debug"
	"strings"
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
		if got := goLimit(c.budget, c.results, c.live, heapFloor); got != c.want {
			t.Errorf("goLimit(%d, %d, %d) is %d, want %d", c.budget, c.results, c.live, got, c.want)
		}
	}
}

func nothing() (r results) { return r }

// TestHeapOfOwnProcess: Go is told a limit only in a process that is nothing
// but a worker, and by nobody who has set one; in the end it has the old one.
func TestHeapOfOwnProcess(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	before := debug.SetMemoryLimit(-1)
	for _, o := range []Options{{Memory: 1 << 30}, {OwnProcess: true}} {
		h := newHeap(o, nil, nothing)
		if room := h.adjust(); room != o.Memory || h.limit != 0 || debug.SetMemoryLimit(-1) != before {
			t.Errorf("%+v limits Go to %d bytes, and results to %d", o, h.limit, room)
		}
	}
	h := newHeap(Options{Memory: 1 << 30, OwnProcess: true}, nil, nothing)
	if room := h.adjust(); room <= 0 || room > 1<<30 {
		t.Errorf("of 1 GiB, results may take %d bytes", room)
	}
	if h.limit <= 0 || h.limit > 1<<30+1<<30/10 || debug.SetMemoryLimit(-1) != h.limit {
		t.Errorf("of 1 GiB, Go may have %d bytes, and was told %d", h.limit, debug.SetMemoryLimit(-1))
	}
	h.restore()
	if now := debug.SetMemoryLimit(-1); now != before {
		t.Errorf("in the end Go may have %d bytes, and before %d", now, before)
	}
	t.Setenv("GOMEMLIMIT", "3GiB")
	if h := newHeap(Options{Memory: 1 << 30, OwnProcess: true}, nil, nothing); h.limit != 0 {
		t.Errorf("GOMEMLIMIT is set, and Go is told %d", h.limit)
	}
}

// TestTerminateIsCalledOnce: it may return, and the worker then ends in its own
// time.
func TestTerminateIsCalledOnce(t *testing.T) {
	var whys []string
	o := Options{Memory: 4 << 30, OwnProcess: true, Terminate: func(why string) { whys = append(whys, why) }}
	h := newHeap(o, nil, nothing)
	defer h.restore()
	h.check(resident{all: terminateAt(o.Memory)})
	if len(whys) != 0 {
		t.Errorf("ended within bounds: %q", whys)
	}
	for range 3 {
		h.check(resident{all: terminateAt(o.Memory) + 1})
	}
	if len(whys) != 1 || !strings.Contains(whys[0], "4096 MiB for results") {
		t.Errorf("ended %d times: %q", len(whys), whys)
	}
}

func TestRoomIn(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct{ left, memory, want int64 }{
		{left: 1060 * mib, memory: 1000 * mib, want: 1000 * mib},
		{left: 900 * mib, memory: 960 * mib, want: 864 * mib},
		{left: 4 * mib, memory: 40 * mib, want: 10 * mib}, // tasks need some in any case
	} {
		if got := roomIn(c.left, c.memory); got != c.want {
			t.Errorf("in %d bytes for a limit of %d there is room for %d, want %d", c.left, c.memory, got, c.want)
		}
	}
}

// TestFloorOf: a worker with little memory leaves Go less.
func TestFloorOf(t *testing.T) {
	for memory, want := range map[int64]int64{32 << 20: 8 << 20, 120 << 20: 10 << 20, 1 << 30: 16 << 20} {
		if got := floorOf(memory); got != want {
			t.Errorf("of %d bytes it is %d, want %d", memory, got, want)
		}
	}
}
