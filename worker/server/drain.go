package server

import (
	"context"
	"fmt"
	"time"
)

// await returns when the session has ended by itself, or with what to say in
// parting. To drain is to ask the scheduler to be retired, and to go on until it
// dismisses this worker.
func (s *server) await(ctx context.Context, x *session, ended <-chan struct{}) (over bool, bye string) {
	drain := s.o.Drain
	var grace <-chan time.Time
	for {
		select {
		case <-ended:
			return true, ""
		case <-ctx.Done():
			return false, "it was told to end"
		case reason := <-x.dismissed:
			s.o.Log.Info("dismissed by the scheduler", "reason", reason)
			return false, "dismissed: " + reason
		case <-drain:
			drain = nil
			s.o.Log.Info("draining: finishing what runs, handing on what only this worker has", "grace", s.o.Grace)
			s.loop.box.put(askToRetire{})
			t := time.NewTimer(s.o.Grace)
			defer t.Stop()
			grace = t.C
		case <-grace:
			s.o.Log.Warn("not drained in time; ending all the same", "grace", s.o.Grace)
			return false, fmt.Sprintf("it was not drained within %v", s.o.Grace)
		}
	}
}

// draining reports whether this worker is to end when it has nothing left.
func (s *server) draining() bool {
	select {
	case <-s.o.Drain:
		return true
	default:
		return false
	}
}

// askToRetire asks the scheduler to let this worker go, losing nothing.
type askToRetire struct{}

func (askToRetire) deliver(l *loop) {
	if l.session == nil {
		return // there is no work either
	}
	l.out.message().Retire = true
	l.out.urgent = true
}
