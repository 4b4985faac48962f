package server

import (
	"context"
	"sync"
	"time"
)

// A life is the context of an execution. Most functions return before they look
// at theirs, so the context of Go that it stands for is made when it is needed
// first. The zero life goes on.
type life struct {
	mu    sync.Mutex
	ctx   context.Context // nil: not made yet
	stop  context.CancelCauseFunc
	cause error // why it has ended, if it has
}

var _ context.Context = (*life)(nil)

// end ends l because of cause, unless it has ended.
func (l *life) end(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause != nil {
		return
	}
	l.cause = cause
	if l.ctx != nil {
		l.stop(cause)
	}
}

// whole returns the context that l stands for.
func (l *life) whole() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil {
		l.ctx, l.stop = context.WithCancelCause(context.Background())
		if l.cause != nil {
			l.stop(l.cause)
		}
	}
	return l.ctx
}

// Deadline implements context.Context.
func (l *life) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements context.Context.
func (l *life) Done() <-chan struct{} { return l.whole().Done() }

// Err implements context.Context.
func (l *life) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause != nil {
		return context.Canceled
	}
	return nil
}

// Value implements context.Context. It has no values; but package context looks
// for the context that l stands for by asking for one, to learn its cause.
func (l *life) Value(key any) any { return l.whole().Value(key) }
