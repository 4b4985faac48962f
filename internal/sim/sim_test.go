package sim

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	seeds   = flag.Int("seeds", 40, "how many seeds to simulate")
	seed    = flag.Uint64("seed", 0, "simulate this seed alone, and show its trace")
	first   = flag.Uint64("first", 1, "the first of the seeds")
	without = flag.String("without", "", "faults that are left out, such as crash,late")

	workers = flag.Int("workers", 0, "workers of each simulation; 0: a few")
	things  = flag.Int("things", 0, "tasks of each simulation; 0: some")
	clients = flag.Int("clients", 0, "clients of each simulation; 0: a few")
	ordeal  = flag.Duration("trouble", 0, "for how long things go wrong; 0: 5 s")
	checks  = flag.Int("checks", 1, "check the invariants in one step of so many")
)

func config(t *testing.T, s uint64) Config {
	out, err := ParseFault(*without)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Seed: s, Workers: *workers, Things: *things, Clients: *clients, Trouble: *ordeal, Without: out, Checks: *checks}
}

// TestSeeds simulates many seeds, as many at once as there are processors. The
// lowest that fails is shrunk and shown.
func TestSeeds(t *testing.T) {
	if *seed != 0 {
		cfg := config(t, *seed)
		cfg.Trace = func(line string) { t.Log(line) }
		res, err := Run(cfg)
		t.Logf("%+v", res)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	start := time.Now()
	sum, failed := runSeeds(t)
	t.Logf("%d seeds from %d in %v: %+v", *seeds, *first, time.Since(start).Round(time.Millisecond), sum)
	if failed != 0 {
		text, script := Explain(config(t, failed))
		t.Fatalf("%s\n%s", text, keep(t, failed, script))
	}
	if *seeds < 300 || *without != "" || *first != 1 {
		return // seeds that nobody has seen may leave out what is rare
	}
	sum.counters(func(name string, n int64) {
		if n == 0 && name != "Replicas.UnderWay" { // in the end nothing is
			t.Errorf("in all simulations together, the counter %s is 0", name)
		}
	})
}

// keep writes a script to a file, and says which.
func keep(t *testing.T, seed uint64, script string) string {
	if script == "" {
		return ""
	}
	file := filepath.Join(os.TempDir(), fmt.Sprintf("ashlar_seed_%d_test.go", seed))
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Error(err)
	}
	return fmt.Sprintf("a test that shows it, also in %s (copy it to internal/sim):\n%s", file, script)
}

// runSeeds returns what came of all seeds, and the lowest one that fails or 0.
func runSeeds(t *testing.T) (sum Result, failed uint64) {
	var next atomic.Uint64
	var mu sync.Mutex
	var all sync.WaitGroup
	cfg := config(t, 0)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for k := next.Add(1) - 1; k < uint64(*seeds); k = next.Add(1) - 1 {
				c := cfg
				c.Seed = *first + k
				res, err := Run(c)
				mu.Lock()
				sum.add(res)
				if err != nil && (failed == 0 || c.Seed < failed) {
					failed = c.Seed
					next.Store(uint64(*seeds)) // those before it are on their way
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return sum, failed
}

// TestSameSeedSameTrace: a simulation depends on nothing but its seed.
func TestSameSeedSameTrace(t *testing.T) {
	hashes := map[uint64]uint64{}
	for s := uint64(1); s <= 10; s++ {
		a, errA := Run(Config{Seed: s})
		var text int
		b, errB := Run(Config{Seed: s, Trace: func(string) { text++ }})
		if errA != nil || errB != nil || a != b || text == 0 {
			t.Fatalf("seed %d: %+v, %v and then %+v, %v, with %d lines", s, a, errA, b, errB, text)
		}
		if other, has := hashes[a.Hash]; has {
			t.Fatalf("seeds %d and %d have one trace", s, other)
		}
		hashes[a.Hash] = s
	}
}
