package sched

import (
	"math"
	"time"
)

// Config is what can be set about a Machine. Zero values have defaults.
type Config struct {
	// Saturation is how many root tasks a worker is given per thread, of which
	// only one can run; the rest wait in the scheduler. Default 1.1;
	// math.Inf(1) sends all at once.
	Saturation float64
	// AllowedFailures is how many workers that have a task may be lost before it is
	// given one to itself; if that is lost too it errs. Where it cannot be alone
	// for certain, it errs after more than twice as many and one. Default 3;
	// negative is none.
	AllowedFailures int
	// NoWorkerTimeout is how long a task waits for a worker that may run it.
	// Default 60 s.
	NoWorkerTimeout time.Duration
	// Bandwidth between workers, bytes a second, until it was measured, and
	// Latency of one fetch, as placement assumes them. Defaults 500 MB/s and 500 µs.
	Bandwidth float64
	Latency   time.Duration
	// NoStealing leaves every task where it was placed: idle workers take
	// nothing from others, neither what was sent to them nor what was not.
	NoStealing bool
	// Inline bounds the encodings of small values that are kept to go with what
	// is said about them, in bytes. Default 64 MiB; negative is none.
	Inline int64
	// KeepCopies is how long copies that nobody asked for outlive the last task
	// that needed their value: the next one may come soon. Default 5 s. Where
	// memory is short they go at once.
	KeepCopies time.Duration
	// Adaptive says how many workers there should be.
	Adaptive Adaptive
	// Story is how many transitions are remembered, of all tasks together.
	// Default 8192.
	Story int
}

func (c Config) withDefaults() Config {
	if c.Saturation == 0 {
		c.Saturation = 1.1
	}
	switch {
	case c.AllowedFailures == 0:
		c.AllowedFailures = 3
	case c.AllowedFailures < 0:
		c.AllowedFailures = 0
	}
	if c.NoWorkerTimeout == 0 {
		c.NoWorkerTimeout = time.Minute
	}
	if c.Bandwidth == 0 {
		c.Bandwidth = 500e6
	}
	if c.Latency == 0 {
		c.Latency = 500 * time.Microsecond
	}
	if c.Inline == 0 {
		c.Inline = 64 << 20
	}
	if c.KeepCopies == 0 {
		c.KeepCopies = 5 * time.Second
	}
	if c.Adaptive.Duration <= 0 {
		c.Adaptive.Duration = 5 * time.Second
	}
	if c.Adaptive.Wait <= 0 {
		c.Adaptive.Wait = 3
	}
	if c.Story == 0 {
		c.Story = 8192
	}
	return c
}

// window is how many root tasks a worker of so many threads is given.
func (c *Config) window(threads int) int {
	if w := math.Ceil(c.Saturation * float64(threads)); w < math.MaxInt32 {
		return max(1, int(w))
	}
	return math.MaxInt32
}
