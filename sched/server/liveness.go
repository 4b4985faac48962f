package server

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/sched"
)

// tick lets time pass, and finds who has been silent for too long.
func (l *loop) tick() {
	now := l.now()
	l.step(sched.Tick{At: now})
	if now-l.lastTick > l.s.opts.WorkerTimeout/2 && l.lastTick > 0 {
		// This process itself was stopped: what looks like silence of the
		// others is unread. They get their time again.
		l.forgive(now)
	}
	l.lastTick = now
	for _, id := range slices.Sorted(maps.Keys(l.workers)) {
		l.checkWorker(l.workers[id], now)
	}
	for _, id := range slices.Sorted(maps.Keys(l.clients)) {
		l.checkClient(l.clients[id], now)
	}
}

func (l *loop) forgive(now time.Duration) {
	for _, w := range l.workers {
		w.line.heard.Store(int64(now))
	}
	for _, c := range l.clients {
		if c.line != nil {
			c.line.heard.Store(int64(now))
		}
	}
}

func (l *loop) checkWorker(w *worker, now time.Duration) {
	if silent := now - time.Duration(w.line.heard.Load()); silent > l.s.opts.WorkerTimeout {
		why := fmt.Sprintf("no sign of life for %v", silent.Round(time.Millisecond))
		w.line.end(wire.Disown("this worker was given up: " + why + "; it is to start afresh"))
		l.loseWorker(w, why, false)
	}
}

func (l *loop) checkClient(c *client, now time.Duration) {
	if c.line == nil {
		if now-c.goneAt > l.s.opts.Lease {
			l.endSession(c, "its lease is over")
		}
		return
	}
	if silent := now - time.Duration(c.line.heard.Load()); silent > l.s.opts.WorkerTimeout {
		c.line.end(errSilent)
		l.disconnect(c, c.line)
	}
}
