package peak

import (
	"bytes"
	"slices"
	"time"
)

// Bandwidth is a measured rate of memory, in bytes a second on one core.
type Bandwidth struct {
	// Read is the rate of reading alone, Copy that of reading and writing
	// together, in bytes read and bytes written.
	Read, Copy float64
}

// Memory measures the best rates over buffers of the given size, for about a
// fifth of a second each: the search for a byte that is not there, and copy,
// both the standard library's own assembly.
func Memory(size int) Bandwidth {
	from, to := make([]byte, size), make([]byte, size)
	for i := range from {
		from[i] = byte(i) | 1
	}
	copy(to, from) // the first touch
	return Bandwidth{
		Read: float64(size) / best(func() { absent = bytes.IndexByte(from, 0) }),
		Copy: 2 * float64(size) / best(func() { copy(to, from) }),
	}
}

// absent keeps the search from being dropped.
var absent int

// best is the least time that f takes, in seconds.
func best(f func()) float64 {
	var seconds []float64
	for deadline := time.Now().Add(200 * time.Millisecond); len(seconds) < 3 || time.Now().Before(deadline); {
		start := time.Now()
		f()
		seconds = append(seconds, time.Since(start).Seconds())
	}
	return slices.Min(seconds)
}
