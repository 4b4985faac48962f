package sim

import "math/rand/v2"

// A shape says how the things of a universe hang together.
type shape struct {
	wide  bool // most depend on a few large ones; else on those just before them
	times int  // as many things as elsewhere: 4 where so much is asked for at once that it backs up
}

func newShape(rng *rand.Rand) shape {
	s := shape{wide: rng.IntN(6) == 0, times: 1}
	if s.wide && rng.IntN(2) == 0 {
		s.times = 4
	}
	return s
}

// deps draws what thing i depends on.
func (s shape) deps(rng *rand.Rand, i int) (deps []need) {
	if i < 3 || rng.IntN(4) == 0 {
		return nil
	}
	if s.wide && rng.IntN(8) > 0 {
		return []need{{rng.IntN(3), -1}}
	}
	for range 1 + rng.IntN(3) {
		deps = append(deps, need{i - 1 - rng.IntN(min(i, 12)), int32(rng.IntN(4) - 1)})
	}
	return deps
}

// bytes draws how large thing i is.
func (s shape) bytes(rng *rand.Rand, i int) int64 {
	n := 1 + int64(rng.ExpFloat64()*100_000)
	if s.wide && i < 3 {
		n *= 20
	}
	return n
}

// asks is how many things a client asks for at once, at most.
func (s shape) asks() int {
	if s.wide {
		return 40 * s.times
	}
	return 4
}
