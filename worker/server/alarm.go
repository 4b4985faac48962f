package server

import (
	"sync/atomic"
	"time"
)

// An alarm pokes a mailbox, once for each time that it is set.
type alarm struct {
	timer *time.Timer
	on    atomic.Bool
	due   time.Time // when it rings, if it was hastened; of who sets it
}

func newAlarm(b *mailbox) *alarm {
	a := &alarm{}
	a.timer = time.AfterFunc(time.Hour, func() {
		a.on.Store(false)
		b.poke()
	})
	a.timer.Stop()
	return a
}

// set has a ring in d, unless it is set already.
func (a *alarm) set(d time.Duration) {
	if a.on.CompareAndSwap(false, true) {
		a.timer.Reset(d)
	}
}

// hasten has a ring in d at the latest.
func (a *alarm) hasten(d time.Duration) {
	due := time.Now().Add(d)
	if was := a.on.Swap(true); !was || due.Before(a.due) {
		a.due = due
		a.timer.Reset(d)
	}
}

// isSet reports whether a has yet to ring.
func (a *alarm) isSet() bool { return a.on.Load() }

func (a *alarm) stop() { a.timer.Stop() }
