package server

import (
	"context"
	"sync"
	"time"
)

// deathsKept is how long a cause is kept for whoever asks.
const deathsKept = 10 * time.Second

// A deathOf names a process of a worker.
type deathOf struct {
	worker string
	pid    int
}

// deaths matches what nannies say of how their processes ended with the ends of
// these processes' streams, whichever comes first.
type deaths struct {
	mu    sync.Mutex
	known map[deathOf]*death
}

type death struct {
	told  chan struct{}
	once  sync.Once
	cause string // set before told is closed
}

func newDeaths() *deaths { return &deaths{known: map[deathOf]*death{}} }

func (ds *deaths) of(who deathOf) *death {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	d := ds.known[who]
	if d == nil {
		d = &death{told: make(chan struct{})}
		ds.known[who] = d
		time.AfterFunc(deathsKept, func() {
			ds.mu.Lock()
			defer ds.mu.Unlock()
			delete(ds.known, who)
		})
	}
	return d
}

// tell notes how a process died.
func (ds *deaths) tell(who deathOf, cause string) {
	d := ds.of(who)
	d.once.Do(func() {
		d.cause = cause
		close(d.told)
	})
}

// cause says how a process died, as soon as somebody has told; nothing if
// nobody does before ctx ends.
func (ds *deaths) cause(ctx context.Context, who deathOf) string {
	d := ds.of(who)
	select {
	case <-d.told:
		return d.cause
	case <-ctx.Done():
		return ""
	}
}
