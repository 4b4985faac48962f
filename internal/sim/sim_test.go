package sim

import (
	"flag"
	"testing"
)

var (
	seeds = flag.Int("seeds", 40, "how many seeds to simulate")
	seed  = flag.Uint64("seed", 0, "simulate this seed alone, and show its trace")
	first = flag.Uint64("first", 1, "the first of the seeds")

	workers = flag.Int("workers", 0, "workers of each simulation; 0: a few")
	things  = flag.Int("things", 0, "tasks of each simulation; 0: some")
	clients = flag.Int("clients", 0, "clients of each simulation; 0: a few")
	checks  = flag.Int("checks", 1, "check the invariants in one step of so many")
)

func config(s uint64) Config {
	return Config{Seed: s, Workers: *workers, Things: *things, Clients: *clients, Checks: *checks}
}

func TestSeeds(t *testing.T) {
	if *seed != 0 {
		cfg := config(*seed)
		cfg.Trace = func(line string) { t.Log(line) }
		res, err := Run(cfg)
		t.Logf("%+v", res)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	var sum Result
	for s := *first; s < *first+uint64(*seeds); s++ {
		res, err := Run(config(s))
		if err != nil {
			t.Fatalf("%v\nagain with its whole trace: go test ./internal/sim -run TestSeeds -v -seed %d", err, s)
		}
		sum.Steps += res.Steps
		sum.Executed += res.Executed
		sum.Ready += res.Ready
		sum.Erred += res.Erred
		sum.Crashes += res.Crashes
		sum.Cuts += res.Cuts
		sum.Comebacks += res.Comebacks
		sum.Time += res.Time
		sum.addBalance(res)
		sum.Inlined += res.Inlined
	}
	t.Logf("%d seeds: %+v", *seeds, sum)
	sum.checkBalance(t)
	if sum.Executed == 0 || sum.Ready == 0 || sum.Erred == 0 || sum.Crashes == 0 || sum.Cuts == 0 || sum.Comebacks == 0 || sum.Inlined == 0 {
		t.Fatalf("the simulations exercise nothing: %+v", sum)
	}
}

// TestSameSeedSameTrace: a simulation depends on nothing but its seed.
func TestSameSeedSameTrace(t *testing.T) {
	hashes := map[uint64]uint64{}
	for s := uint64(1); s <= 10; s++ {
		a, errA := Run(Config{Seed: s})
		b, errB := Run(Config{Seed: s})
		if errA != nil || errB != nil || a != b {
			t.Fatalf("seed %d: %+v, %v and then %+v, %v", s, a, errA, b, errB)
		}
		if other, has := hashes[a.Hash]; has {
			t.Fatalf("seeds %d and %d have one trace", s, other)
		}
		hashes[a.Hash] = s
	}
}
