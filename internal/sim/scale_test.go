package sim

import (
	"flag"
	"testing"
	"time"
)

var table = flag.Bool("table", false, "print what 10, 100, 1 000 and 10 000 workers would do; takes minutes")

const (
	ms = time.Millisecond
	µs = time.Microsecond
)

// TestScaleStencil: a thousand workers are kept busy by a stencil.
func TestScaleStencil(t *testing.T) {
	scale(t, Cluster{Workers: 1000}, Stencil(2000, 20, 20*ms, 8<<20, 64<<10))
}

// TestScaleCholesky: the factorisation takes little longer than its longest
// path, though each tile of a panel goes to some dozens of workers.
func TestScaleCholesky(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	scale(t, Cluster{Workers: 1000}, Cholesky(64, 40*ms, 8<<20))
}

// TestScaleLine: a stencil of microseconds leaves nobody idle though each message
// takes 50 µs and reports wait for company: workers have neighbours, what follows
// is sent ahead, who lags gives way at the seam, and what the other side of a seam
// waits for is reported at once. With one cell a worker each step takes a round trip.
func TestScaleLine(t *testing.T) {
	for _, x := range []struct {
		workers, each int
		took          time.Duration
		least         float64 // of the threads' time that is work
	}{
		{2, 1, 250 * µs, 0.7}, {16, 1, 250 * µs, 0.7}, {2, 8, 25 * µs, 0.9}, {16, 8, 25 * µs, 0.7}, {16, 8, 200 * µs, 0.95}, {2, 64, 5 * µs, 0.9},
	} {
		o := report(t, Cluster{Workers: x.workers, Gap: 300 * µs}, Line(x.each*x.workers, 300, x.took))
		if busy := float64(o.Share) / float64(o.Makespan); busy < x.least || busy > 1 {
			t.Errorf("%d workers, %d cells of %v each: %.2f of the threads' time is work, want %.2f", x.workers, x.each, x.took, busy, x.least)
		}
	}
}

// scale runs a load and demands that it takes at most 1.3 times the bound.
func scale(t *testing.T, c Cluster, l *Load) {
	t.Helper()
	if o := report(t, c, l); o.Ratio() > 1.3 || o.Ratio() < 1 {
		t.Fatalf("%.2f times the bound", o.Ratio())
	}
}

func report(t *testing.T, c Cluster, l *Load) Outcome {
	t.Helper()
	o, err := Scale(c, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%5d workers, %-18s %7d tasks: %8v, %5.2f × max(critical %v, share %v); %6d MB moved, imbalance %.2f, stolen %d",
		c.Workers, l.Name, l.Graph.Len(), o.Makespan.Round(ms), o.Ratio(), o.Critical.Round(ms), o.Share.Round(ms),
		o.Moved>>20, o.Imbalance(c), o.Stealing.Taken+o.Stealing.Moved)
	return o
}

// TestScaleLoads: every load ends on a few workers, no sooner than it can, and
// the same way each time.
func TestScaleLoads(t *testing.T) {
	c := Cluster{Workers: 10, Threads: 2}
	for _, l := range loads(10) {
		if a, b := report(t, c, l), report(t, c, l); a != b || a.Ratio() < 1 || a.Ratio() > 4 {
			t.Errorf("%s: %+v and then %+v", l.Name, a, b)
		}
	}
	if _, err := Scale(Cluster{}, Tree(2, ms, 1)); err == nil {
		t.Error("a cluster without workers has no error")
	}
}

// loads are some of each kind that fit so many workers.
func loads(workers int) []*Load {
	return []*Load{
		Random(20*workers, 20*ms, 1<<20),
		Tree(8*workers, 20*ms, 1<<20),
		Stencil(2*workers, 5, 20*ms, 8<<20, 64<<10),
		Cholesky(min(64, 8+workers/10), 40*ms, 8<<20),
		Shuffle(min(300, 2*workers), 100*ms, 16<<20),
	}
}

func TestScaleTable(t *testing.T) {
	if !*table {
		t.Skip("run it with -table -v")
	}
	for _, workers := range []int{10, 100, 1000, 10_000} {
		for _, l := range loads(workers) {
			report(t, Cluster{Workers: workers}, l)
		}
	}
}
