package server

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// lineLimit is how much may wait for one peer, in bytes, roughly counted.
const lineLimit = 512 << 20

// farewell is how long a line that is to end has to send what waits in it.
const farewell = 2 * time.Second

var errSlow = errors.New("it does not read what it is sent")

// A line is the sending half of one stream. The loop puts messages in; the
// line's own goroutine sends them, and says that all is well when there are
// none.
type line[M any] struct {
	heard atomic.Int64 // when something was last received, by the loop's clock

	mu      sync.Mutex
	queue   []parcel[M]
	cost    int
	closing bool

	wake  chan struct{} // holds one
	ended chan struct{}
	once  sync.Once
	cause error // set before ended is closed; nil is a clean end
}

type parcel[M any] struct {
	m    *M
	cost int
}

func newLine[M any](now time.Duration) *line[M] {
	l := &line[M]{wake: make(chan struct{}, 1), ended: make(chan struct{})}
	l.heard.Store(int64(now))
	return l
}

// put queues m. It never blocks; what is put into a line that has ended is
// dropped. A line in which too much waits ends.
func (l *line[M]) put(m *M, cost int) {
	l.mu.Lock()
	l.queue = append(l.queue, parcel[M]{m, cost})
	l.cost += cost
	over := l.cost > lineLimit
	l.mu.Unlock()
	if over {
		l.end(errSlow)
		return
	}
	l.poke()
}

func (l *line[M]) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take removes what waits; last reports that nothing will follow.
func (l *line[M]) take() (ps []parcel[M], last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ps, l.queue = l.queue, nil
	return ps, l.closing
}

func (l *line[M]) sent(cost int) {
	l.mu.Lock()
	l.cost -= cost
	l.mu.Unlock()
}

// end ends the stream now. The first cause counts.
func (l *line[M]) end(cause error) {
	l.once.Do(func() {
		l.cause = cause
		close(l.ended)
	})
}

// finish ends the stream, cleanly, once everything put before is sent.
func (l *line[M]) finish() {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	l.poke()
	t := time.AfterFunc(farewell, func() { l.end(nil) })
	go func() { <-l.ended; t.Stop() }()
}

// run sends until the line ends. blank is what is sent when there is nothing
// else to say for as long as beat.
func (l *line[M]) run(send func(*M) error, beat time.Duration, blank func() *M) {
	t := time.NewTicker(beat)
	defer t.Stop()
	for {
		idle := false
		select {
		case <-l.ended:
			return
		case <-l.wake:
		case <-t.C:
			idle = true
		}
		ps, last := l.take()
		if idle && len(ps) == 0 {
			ps = []parcel[M]{{blank(), 0}}
		}
		for _, p := range ps {
			if err := send(p.m); err != nil {
				l.end(err)
				return
			}
			l.sent(p.cost)
		}
		if last {
			l.end(nil)
			return
		}
	}
}
