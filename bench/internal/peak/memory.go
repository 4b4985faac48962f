package peak

import (
	"bytes"
	"runtime"
	"slices"
	"time"
	"unsafe"
)

// Bandwidth is a measured rate of memory, in bytes a second on one core.
type Bandwidth struct {
	// Read is the rate of reading alone, Copy that of reading and writing
	// together, in bytes read and bytes written.
	Read, Copy float64
}

// Memory measures the best rates over buffers of the given size, at least a
// kilobyte, for about a fifth of a second each: loads of which nothing is made,
// and the language's copy.
func Memory(size int) Bandwidth {
	size = size / readTurn * readTurn
	from, to, read := make([]byte, size), make([]byte, size), pick().read
	for i := range from {
		from[i] = byte(i) | 1
	}
	copy(to, from) // the first touch
	return Bandwidth{
		Read: float64(size) / best(func() { read(&from[0], size/readTurn) }),
		Copy: 2 * float64(size) / best(func() { copy(to, from) }),
	}
}

// readTurn is how many bytes one turn of a loop reads.
const readTurn = 512

// search reads by looking for a byte that is not there.
func search(p *byte, turns int) {
	runtime.KeepAlive(bytes.IndexByte(unsafe.Slice(p, turns*readTurn), 0)) // so that the search stays
}

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
