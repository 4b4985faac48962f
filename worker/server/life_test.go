package server

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A life is as a context with a cause that was made at its beginning, whenever
// somebody looks at it first.
func TestLifeIsAContext(t *testing.T) {
	why := errors.New("why")
	for _, first := range []string{"before", "after"} {
		t.Run(first, func(t *testing.T) {
			var l life
			if first == "before" {
				select {
				case <-l.Done():
					t.Fatal("it is done before it ended")
				default:
				}
				if l.Err() != nil || context.Cause(&l) != nil || l.Value(why) != nil {
					t.Fatalf("it has the error %v, cause %v, before it ended", l.Err(), context.Cause(&l))
				}
			}
			l.end(why)
			l.end(context.Canceled)
			<-l.Done()
			if l.Err() != context.Canceled || context.Cause(&l) != why {
				t.Fatalf("it has the error %v, cause %v", l.Err(), context.Cause(&l))
			}
		})
	}
}

// What is derived from a life ends with it, without a goroutine in between, and
// knows why.
func TestLifePassesOnItsEnd(t *testing.T) {
	why := errors.New("why")
	var l life
	child, cancel := context.WithTimeout(&l, time.Hour)
	defer cancel()
	called := make(chan struct{})
	context.AfterFunc(child, func() { close(called) })
	l.end(why)
	if child.Err() != context.Canceled || context.Cause(child) != why {
		t.Fatalf("the child has the error %v, cause %v, at once", child.Err(), context.Cause(child))
	}
	<-called
}

// A life that nobody looks at costs no more than its own memory.
func TestLifeIsFree(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		var l life
		if l.Err() != nil {
			t.Fatal("it has ended")
		}
		l.end(context.Canceled)
	}); n > 1 {
		t.Fatalf("%v allocations", n)
	}
}
