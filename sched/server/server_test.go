package server

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

func TestSubmitAssignFinishReady(t *testing.T) {
	s := start(t, Options{})
	w := mustJoin(t, s, "a")
	c := mustConnect(t, s, 1)
	c.say(&pb.FromClient{Submit: chain(2, "answer")})
	for i := range uint64(2) {
		m := w.hear()
		as, err := wire.AssignFromPB(m.Assign)
		if err != nil || len(as) != 1 || as[0].Task.Index() != uint32(i) || as[0].Class.Op != graph.Identity {
			t.Fatalf("message %d: %+v, %v", i, as, err)
		}
		w.finish(m.Assign)
	}
	m := c.hear()
	k := graph.NewKey("answer")
	if !bytes.Equal(m.ReadyHash, k.Hash[:]) || !slices.Equal(m.ReadyHolder, []uint32{w.id}) || m.ReadyBytes[0] != 8 {
		t.Fatalf("ready: %v", m)
	}
	if len(m.Peers) != 1 || m.Peers[0].Address != "127.0.0.1:1" || m.Peers[0].Name != "a" || m.Ack != 1 {
		t.Fatalf("peers: %v", m)
	}
	c.say(&pb.FromClient{Info: true, Request: 7})
	if m := c.hear(); m.Request != 7 || len(m.Info.GetWorkers()) != 1 || m.Info.Clients != 1 {
		t.Fatalf("info: %v", m)
	}
	c.say(&pb.FromClient{Release: []*pb.Key{wire.KeyToPB(k)}})
	for freed := false; !freed; {
		freed = slices.Contains(w.hear().Free, m.ReadyTask[0])
	}
}

// TestRefusals: who does not fit is told why, with both sides named.
func TestRefusals(t *testing.T) {
	s := start(t, Options{})
	mustJoin(t, s, "a")

	h := hello(t, "b")
	h.Identity.Protocol, h.Identity.Version = 99, "9.9"
	_, err := joinWorker(t, s, h)
	wantRefusal(t, err, "9.9", wire.Version)

	h = hello(t, "b")
	own := h.Identity.Build
	h.Identity.Build = "feedfeed"
	_, err = joinWorker(t, s, h)
	wantRefusal(t, err, "feedfeed", own, "worker a", "same executable")

	h = hello(t, "a")
	h.Pid = 2
	_, err = joinWorker(t, s, h)
	wantRefusal(t, err, `named "a"`, "another name")

	h = hello(t, "b")
	h.Threads = 0
	_, err = joinWorker(t, s, h)
	wantRefusal(t, err, "at least one thread")

	id := identity(t)
	id.Registry = "beefbeef"
	_, _, err = joinClient(t, s, &pb.ClientHello{Session: 5, Identity: id})
	wantRefusal(t, err, "beefbeef", "ops")

	_, _, err = joinClient(t, s, &pb.ClientHello{Session: 6, Resume: true})
	wantRefusal(t, err, "session is over")

	// Who only looks may be another program.
	c, _, err := joinClient(t, s, &pb.ClientHello{Session: 7, Identity: id, Observer: true})
	if err != nil {
		t.Fatal(err)
	}
	c.say(&pb.FromClient{Info: true, Request: 1})
	if m := c.hear(); len(m.Info.GetWorkers()) != 1 {
		t.Errorf("info for an observer: %v", m)
	}
	c.say(&pb.FromClient{Submit: chain(1, "x")})
	if m := c.hear(); !strings.Contains(m.Goodbye, "observer") {
		t.Errorf("an observer that submits hears %v", m)
	}
}

func wantRefusal(t *testing.T, err error, says ...string) {
	t.Helper()
	if !errors.Is(err, wire.ErrRefused) {
		t.Errorf("error %v is not a refusal", err)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not say %q", err, s)
		}
	}
}

// TestSilentWorkerIsLost: its work goes to another, and it is told to start
// afresh.
func TestSilentWorkerIsLost(t *testing.T) {
	s := start(t, Options{Heartbeat: 20 * time.Millisecond, WorkerTimeout: 300 * time.Millisecond})
	silent := mustJoin(t, s, "silent")
	c := mustConnect(t, s, 1)
	c.say(&pb.FromClient{Submit: chain(1, "x")})
	if m := silent.hear(); len(m.Assign.Task) != 1 {
		t.Fatalf("assigned %v", m)
	}
	other := mustJoin(t, s, "other")
	quit := make(chan struct{})
	beaten := make(chan struct{})
	go func() {
		defer close(beaten)
		for {
			select {
			case <-quit:
				return
			case <-time.After(20 * time.Millisecond):
				_ = other.stream.Send(&pb.FromWorker{})
				_ = c.stream.Send(&pb.FromClient{})
			}
		}
	}()
	m := other.hear()
	close(quit)
	<-beaten
	other.finish(m.Assign)
	if m := c.hear(); !slices.Equal(m.ReadyHolder, []uint32{other.id}) {
		t.Errorf("ready: %v", m)
	}
	for {
		if _, err := silent.stream.Recv(); err != nil {
			err = silent.conn.Explain(err)
			if !errors.Is(err, wire.ErrDisconnected) || !strings.Contains(err.Error(), "start afresh") || !strings.Contains(err.Error(), "no sign of life") {
				t.Errorf("the silent worker hears %v", err)
			}
			return
		}
	}
}

// TestSessionResumes: what happened while the client was away reaches it, and
// what it repeats is not done twice.
func TestSessionResumes(t *testing.T) {
	s := start(t, Options{})
	w := mustJoin(t, s, "a")
	c := mustConnect(t, s, 9)
	c.say(&pb.FromClient{Submit: chain(1, "x")})
	m := w.hear()
	c.conn.Close()
	w.finish(m.Assign)
	time.Sleep(50 * time.Millisecond) // the scheduler says ready to nobody

	again, welcome, err := joinClient(t, s, &pb.ClientHello{Session: 9, Resume: true, Received: c.heard})
	if err != nil {
		t.Fatal(err)
	}
	if welcome.Received != 1 {
		t.Errorf("the scheduler has acted on %d messages, want 1", welcome.Received)
	}
	again.say(&pb.FromClient{Submit: chain(1, "x")}) // number 1 again
	if m := again.hear(); m.Seq != 1 || len(m.ReadyTask) != 1 {
		t.Errorf("after coming back: %v", m)
	}
	again.say(&pb.FromClient{Info: true, Request: 3}) // number 2
	if m := again.hear(); m.Request != 3 || m.Ack != 2 {
		t.Errorf("answer: %v", m)
	}
}

// TestLeaseEnds: a client that does not come back is forgotten, and its results
// are freed; a client that says goodbye is forgotten at once.
func TestLeaseEnds(t *testing.T) {
	s := start(t, Options{Lease: 200 * time.Millisecond})
	w := mustJoin(t, s, "a")
	for session, leave := range map[uint64]func(*scriptedClient){
		1: func(c *scriptedClient) { c.conn.Close() },
		2: func(c *scriptedClient) { c.say(&pb.FromClient{Leaving: true}) },
	} {
		c := mustConnect(t, s, session)
		c.say(&pb.FromClient{Submit: chain(1, "x")})
		w.finish(w.hear().Assign)
		task := c.hear().ReadyTask[0]
		leave(c)
		if m := w.hear(); !slices.Equal(m.Free, []uint64{task}) {
			t.Errorf("session %d: %v, want task %d freed", session, m, task)
		}
		_, _, err := joinClient(t, s, &pb.ClientHello{Session: session, Resume: true})
		wantRefusal(t, err, "session is over")
	}
}

// TestBadClientIsExpelled: a message that makes no sense ends the session of
// who sent it, and nobody else's.
func TestBadClientIsExpelled(t *testing.T) {
	s := start(t, Options{})
	bad, good := mustConnect(t, s, 1), mustConnect(t, s, 2)
	g := chain(1, "x")
	g.Class[0] = 7
	bad.say(&pb.FromClient{Submit: g})
	if m := bad.hear(); !strings.Contains(m.Goodbye, "class 7 of 1") {
		t.Errorf("goodbye: %v", m)
	}
	bad.mustEnd(wire.ErrDisconnected)
	good.say(&pb.FromClient{Info: true, Request: 1})
	if m := good.hear(); m.Info.GetClients() != 1 {
		t.Errorf("info: %v", m)
	}
}

// TestShutdownSaysGoodbye and frees the port.
func TestShutdownSaysGoodbye(t *testing.T) {
	s, err := Listen(Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(Options{Listen: s.Addr()}); err == nil || !strings.Contains(err.Error(), s.Addr()) {
		t.Errorf("a second scheduler on %s: %v", s.Addr(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	c := mustConnect(t, s, 1)
	cancel()
	if m := c.hear(); !strings.Contains(m.Goodbye, "shutting down") {
		t.Errorf("goodbye: %v", m)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	again, err := Listen(Options{Listen: s.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}
