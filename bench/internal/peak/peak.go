package peak

import (
	"slices"
	"time"
)

// Rate is a measured peak.
type Rate struct {
	// Float64 and Float32 are 10⁹ floating-point operations a second on one
	// core, a fused multiply-add being two.
	Float64, Float32 float64
	// With names the instructions: "avx512", "avx2" or "scalar".
	With string
}

// FMA measures for about a fifth of a second.
func FMA() Rate { return FMAFor(200 * time.Millisecond) }

// FMAFor measures for about that long and returns the best of several runs:
// interruptions only ever make one slower.
func FMAFor(d time.Duration) Rate {
	l := pick()
	const rounds = 20_000
	var seconds []float64
	l.run(rounds) // wakes the wide units up
	for deadline := time.Now().Add(d); len(seconds) == 0 || time.Now().Before(deadline); {
		start := time.Now()
		l.run(rounds)
		seconds = append(seconds, time.Since(start).Seconds())
	}
	f64 := 2 * chains * float64(l.lanes) * rounds / slices.Min(seconds) / 1e9
	rate := Rate{Float64: f64, Float32: f64, With: l.with}
	if l.lanes > 1 {
		rate.Float32 = 2 * f64 // the same instructions on twice as many lanes
	}
	return rate
}

// chains is how many independent accumulators a loop has.
const chains = 12

// loop is a way to do chains × rounds multiply-adds of lanes float64 each, and
// to read turns × 512 bytes.
type loop struct {
	with  string
	lanes int
	run   func(rounds int)
	read  func(p *byte, turns int)
}
