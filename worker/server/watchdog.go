package server

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// A thread is where an execution runs, for the watchdog.
type thread struct {
	goroutine atomic.Int64 // 0: it has not begun
	overdue   time.Time    // when it was first seen to go on though it should not; owned by the loop
	reported  bool         // owned by the loop
}

// watch reports executions that go on though their context ended a while ago:
// their function does not look at it, and its thread is lost to others.
func (l *loop) watch(now time.Time) {
	for _, x := range l.execs { // each for itself
		if !x.isOverdue(now) {
			continue
		}
		if x.overdue.IsZero() {
			x.overdue = now
		}
		if x.reported || now.Sub(x.overdue) < l.o.Stuck {
			continue
		}
		x.reported = true
		l.stuck++
		l.o.Log.Warn("a task goes on though it was told to stop: its function does not look at its context",
			"op", x.task.Class.Name(), "task", x.task.ID, "attempt", x.task.Attempt, "why", x.whyOverdue(),
			"for", now.Sub(x.overdue).Round(time.Millisecond), "stack", stackOf(x.goroutine.Load()))
	}
}

func (x *execution) isOverdue(now time.Time) bool {
	return x.ctx.Err() != nil || x.pastTimeout(now)
}

// pastTimeout reports whether the task's own time-out is over. It begins when
// the execution does.
func (x *execution) pastTimeout(now time.Time) bool {
	at := x.deadline.Load()
	return at != 0 && now.UnixNano() > at
}

func (x *execution) whyOverdue() string {
	if x.ctx.Err() != nil {
		return context.Cause(x.ctx).Error()
	}
	return fmt.Sprintf("its time-out of %v is over", x.task.Class.Spec.Timeout)
}

// goroutineID returns the number of the calling goroutine, as it stands in
// stacks.
func goroutineID() (id int64) {
	var buf [40]byte
	for _, c := range buf[len("goroutine "):runtime.Stack(buf[:], false)] {
		if c < '0' || c > '9' {
			break
		}
		id = 10*id + int64(c-'0')
	}
	return id
}

// stackOf returns the stack of a goroutine, as far as the stacks of all fit
// into some memory.
func stackOf(goroutine int64) string {
	buf := make([]byte, 1<<20)
	all := buf[:runtime.Stack(buf, true)]
	head := fmt.Appendf(nil, "goroutine %d [", goroutine)
	at := bytes.Index(all, head)
	if goroutine == 0 || at < 0 {
		return "not found"
	}
	one, _, _ := bytes.Cut(all[at:], []byte("\n\n"))
	return string(one)
}
