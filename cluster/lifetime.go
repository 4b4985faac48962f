package cluster

import (
	"math/rand/v2"
	"time"
)

// A lifetime is how long a worker lives before it is drained and another takes
// its place. Zero is for ever.
type lifetime struct{ Mean, Stagger time.Duration }

// timer returns a channel on which the end of a life comes; nil if it does not.
// Lives end spread over twice the stagger, so that not all workers go at once.
func (l lifetime) timer() (end <-chan time.Time, stop func()) {
	if l.Mean <= 0 {
		return nil, func() {}
	}
	d := l.Mean
	if l.Stagger > 0 {
		d += time.Duration(rand.Int64N(2*int64(l.Stagger))) - l.Stagger
	}
	t := time.NewTimer(max(0, d))
	return t.C, func() { t.Stop() }
}
