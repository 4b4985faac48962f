package peak

import (
	"runtime"
	"testing"
	"time"
)

func TestFMA(t *testing.T) {
	r := FMA()
	t.Logf("%+v on %s", r, runtime.GOARCH)
	// A core at 1 GHz with one scalar multiply-add every other cycle does 1.
	if r.Float64 < 0.2 || r.Float64 > 1000 {
		t.Errorf("%v GFLOP/s a core cannot be", r.Float64)
	}
	if want := r.Float64 * map[bool]float64{true: 1, false: 2}[r.With == "scalar"]; r.Float32 != want {
		t.Errorf("float32 %v, want %v with %s", r.Float32, want, r.With)
	}
}

// The widest loop must beat the scalar one, or it does not do what it says.
func TestWiderIsFaster(t *testing.T) {
	wide := pick()
	if wide.lanes == 1 {
		t.Skip("this build or processor has scalar multiply-adds only")
	}
	const rounds = 100_000
	best := func(run func(int)) time.Duration {
		least := time.Hour
		for range 9 {
			start := time.Now()
			run(rounds)
			least = min(least, time.Since(start))
		}
		return least
	}
	// Half of the lanes' gain is left to a machine that is busy.
	if got, single := best(wide.run), best(scalar); got*2 > single*time.Duration(wide.lanes) {
		t.Errorf("%d rounds of %s take %v, the same on one lane %v", rounds, wide.with, got, single)
	}
}

func TestNoRounds(t *testing.T) {
	pick().run(0) // returns
}

func TestMemory(t *testing.T) {
	m := Memory(1 << 24)
	t.Logf("read %.1f GB/s, copy %.1f GB/s", m.Read/1e9, m.Copy/1e9)
	for _, rate := range []float64{m.Read, m.Copy} {
		if rate < 1e8 || rate > 1e12 {
			t.Errorf("%v bytes a second cannot be", rate)
		}
	}
}
