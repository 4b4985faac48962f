package server

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// TestLineSendsInOrderThenBeats: messages, then heartbeats, then the end.
func TestLineSendsInOrderThenBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine[pb.ToClient](0)
		var got []uint64
		send := func(m *pb.ToClient) error { got = append(got, m.Seq); return nil }
		go l.run(send, time.Second, func() *pb.ToClient { return &pb.ToClient{Seq: 99} })
		l.put(&pb.ToClient{Seq: 1}, 10)
		l.put(&pb.ToClient{Seq: 2}, 10)
		time.Sleep(1500 * time.Millisecond)
		l.put(&pb.ToClient{Seq: 3}, 10)
		l.finish()
		<-l.ended
		synctest.Wait()
		if want := []uint64{1, 2, 99, 3}; !slices.Equal(got, want) || l.cause != nil || l.cost != 0 {
			t.Errorf("sent %v, cause %v, cost %d; want %v", got, l.cause, l.cost, want)
		}
	})
}

// TestLineEndsWhoDoesNotRead: it never blocks who puts.
func TestLineEndsWhoDoesNotRead(t *testing.T) {
	l := newLine[pb.ToClient](0)
	l.put(&pb.ToClient{}, lineLimit)
	select {
	case <-l.ended:
		t.Fatal("ended at its limit")
	default:
	}
	l.put(&pb.ToClient{}, 1)
	<-l.ended
	if !errors.Is(l.cause, errSlow) {
		t.Errorf("cause %v", l.cause)
	}
}

// TestFreedByWhatWasHeard: what is freed after more was heard of the worker goes
// in another message, since a message has one number for that.
func TestFreedByWhatWasHeard(t *testing.T) {
	l := newLoop(&Server{opts: Options{}.withDefaults()})
	w := &worker{id: 1, hello: &pb.WorkerHello{Name: "a"}, line: newLine[pb.ToWorker](0)}
	l.workers[1], l.lastWorker = w, 1
	l.act(sched.Free{Worker: 1, Tasks: []graph.TaskID{5}, Heard: 1})
	l.act(sched.Free{Worker: 1, Tasks: []graph.TaskID{6}, Heard: 1})
	l.act(sched.Free{Worker: 1, Tasks: []graph.TaskID{7}, Heard: 2})
	l.flush()
	ps, _ := w.line.take()
	if len(ps) != 2 || len(ps[0].m.Free) != 2 || ps[0].m.FreeHeard != 1 || len(ps[1].m.Free) != 1 || ps[1].m.FreeHeard != 2 {
		t.Fatalf("messages %v", ps)
	}
}

// TestOrderOfActions: actions that come in another order than the receiver
// obeys start another message.
func TestOrderOfActions(t *testing.T) {
	s := &Server{opts: Options{}.withDefaults()}
	l := newLoop(s)
	w := &worker{id: 1, hello: &pb.WorkerHello{Name: "a"}, line: newLine[pb.ToWorker](0)}
	l.workers[1], l.lastWorker = w, 1
	b := &graph.Builder{}
	b.Add(graph.Class{Op: "op"}, nil)
	g := b.Graph()
	one := graph.NewTaskID(1, 0)
	assign := func(attempt uint32) sched.Action {
		return sched.Assign{Worker: 1, Tasks: []sched.Assignment{{Task: one, Attempt: attempt, Graph: g}}}
	}
	l.act(sched.Free{Worker: 1, Tasks: []graph.TaskID{5}})
	l.act(assign(1))
	l.act(sched.Abort{Worker: 1, Task: one, Attempt: 1})
	l.act(assign(2))
	l.act(sched.Abort{Worker: 1, Task: one, Attempt: 2})
	l.flush()
	ps, _ := w.line.take()
	if len(ps) != 3 {
		t.Fatalf("%d messages, want 3", len(ps))
	}
	first, second, third := ps[0].m, ps[1].m, ps[2].m
	if len(first.Free) != 1 || first.Assign.GetAttempt()[0] != 1 || len(first.AbortTask) != 0 {
		t.Errorf("first message %v", first)
	}
	if second.AbortAttempt[0] != 1 || second.Assign.GetAttempt()[0] != 2 {
		t.Errorf("second message %v", second)
	}
	if third.AbortAttempt[0] != 2 || third.Assign != nil {
		t.Errorf("third message %v", third)
	}
}

// TestSmallFreesWait: what is small is freed with the next message, at the next
// tick, or when it is much; what is not is freed at once.
func TestSmallFreesWait(t *testing.T) {
	l := newLoop(&Server{opts: Options{}.withDefaults()})
	w := &worker{id: 1, hello: &pb.WorkerHello{Name: "a"}, line: newLine[pb.ToWorker](0)}
	l.workers[1], l.lastWorker = w, 1
	sent := func() []int {
		l.flush()
		ps, _ := w.line.take()
		var ns []int
		for _, p := range ps {
			ns = append(ns, len(p.m.Free))
		}
		return ns
	}
	small := func(n int) {
		l.act(sched.Free{Worker: 1, Tasks: make([]graph.TaskID, n), Patient: true})
	}
	check := func(what string, want ...int) {
		t.Helper()
		if got := sent(); !slices.Equal(got, want) {
			t.Errorf("%s: messages that free %v, want %v", what, got, want)
		}
	}
	small(2)
	check("a few")
	small(1)
	l.act(sched.Free{Worker: 1, Tasks: []graph.TaskID{5}})
	check("with what is urgent", 4)
	small(patientFrees - 1)
	check("nearly too many")
	small(1)
	check("too many", patientFrees)
	small(3)
	check("before a tick")
	l.flushAll()
	check("after it", 3)
	small(1)
	check("before something else")
	l.act(sched.Abort{Worker: 1, Task: 7})
	check("with something else", 1, 0)
}
