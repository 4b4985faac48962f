package worker

import (
	"fmt"
	"time"
)

// Config is what a Machine must know of its worker.
type Config struct {
	Lanes  []Lane
	Memory int64 // for results, in bytes; 0 is unlimited

	// SpillAbove is the part of Memory above which values are moved to disk,
	// until at most SpillTo is used. 0: there is no disk.
	SpillAbove, SpillTo float64

	// FetchBytes and FetchItems bound one request to a peer; PeerFetches is
	// how many requests one peer has at a time, and Fetches how many all peers
	// together. Zero values have defaults: 64 MiB, 4096, 2, 32.
	FetchBytes  int64
	FetchItems  int
	PeerFetches int
	Fetches     int
	// Ahead is how many brief tasks are started for each slot beyond the one
	// that it can run; see brief.go. Default none.
	Ahead int
	// BusyDelay is how long a busy peer is left alone; default 50 ms.
	BusyDelay time.Duration
	// PeerRetries is how often a peer that cannot be reached is tried again,
	// after a pause that doubles, before another is asked or the item counts as
	// missing; default 4, which is 1.5 s. Negative is none.
	PeerRetries int
}

// A Lane runs tasks in so many slots at once.
type Lane struct {
	Name  string
	Slots int
}

func (c Config) withDefaults() Config {
	if len(c.Lanes) == 0 {
		panic("worker: New: a worker needs at least one lane")
	}
	for _, l := range c.Lanes {
		if l.Slots < 1 {
			panic(fmt.Sprintf("worker: New: lane %q has %d slots", l.Name, l.Slots))
		}
	}
	if c.FetchBytes == 0 {
		c.FetchBytes = 64 << 20
	}
	if c.FetchItems == 0 {
		c.FetchItems = 4096
	}
	if c.PeerFetches == 0 {
		c.PeerFetches = 2
	}
	if c.Fetches == 0 {
		c.Fetches = 32
	}
	if c.BusyDelay == 0 {
		c.BusyDelay = 50 * time.Millisecond
	}
	switch {
	case c.PeerRetries == 0:
		c.PeerRetries = 4
	case c.PeerRetries < 0:
		c.PeerRetries = 0
	}
	return c
}
