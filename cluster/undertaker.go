package cluster

import (
	"context"
	"sync"
)

// An undertaker knows how worker processes died.
type undertaker struct {
	mu    sync.Mutex
	lives map[int]*life // by pid
}

// A life is one run of a worker process.
type life struct {
	ended chan struct{}
	cause string // set before ended is closed
}

func newUndertaker() *undertaker { return &undertaker{lives: map[int]*life{}} }

// born notes that a process runs. The system gives numbers again, so an older
// life of the same number is forgotten.
func (u *undertaker) born(pid int) *life {
	u.mu.Lock()
	defer u.mu.Unlock()
	l := &life{ended: make(chan struct{})}
	u.lives[pid] = l
	return l
}

func (l *life) end(cause string) {
	l.cause = cause
	close(l.ended)
}

// cause says how the process ended, once it has; nothing if it is none of ours,
// or lives until ctx ends. It is the scheduler's Autopsy.
func (u *undertaker) cause(ctx context.Context, _ string, pid int) string {
	u.mu.Lock()
	l := u.lives[pid]
	u.mu.Unlock()
	if l == nil {
		return ""
	}
	select {
	case <-l.ended:
		return l.cause
	case <-ctx.Done():
		return ""
	}
}
