package server

import (
	"encoding/binary"
	"log/slog"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A hearing is a loop without a network: a client and a worker that say
// whatever the fuzzer wants them to.
type hearing struct {
	t testing.TB
	l *loop
	c *client
	w *worker

	ends []func(error) // of all lines
}

func newHearing(t testing.TB) *hearing {
	self, err := wire.Self()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{
		opts: Options{Log: slog.New(slog.DiscardHandler)}.withDefaults(), self: self, epoch: time.Now(),
		inbox: make(chan func(*loop), 1024), done: make(chan struct{}),
	}
	h := &hearing{t: t, l: newLoop(s)}
	h.connect()
	h.join()
	return h
}

func (h *hearing) connect() {
	hello := &pb.ClientHello{Identity: wire.IdentityToPB(h.l.s.self), Session: uint64(h.l.lastClient) + 1}
	ln := newLine[pb.ToClient](0)
	h.ends = append(h.ends, ln.end)
	c, err := h.l.connect(hello, ln)
	if err != nil {
		h.t.Fatal(err)
	}
	h.c = c
}

func (h *hearing) join() {
	h.w = &worker{hello: &pb.WorkerHello{Identity: wire.IdentityToPB(h.l.s.self), Name: "w", Address: "h:1", Host: "h", Threads: 2}, line: newLine[pb.ToWorker](0)}
	h.ends = append(h.ends, h.w.line.end)
	if err := h.l.addWorker(h.w); err != nil {
		h.t.Fatal(err)
	}
}

// fromClient says what the bytes encode, in turn with what was said before.
func (h *hearing) fromClient(b []byte) {
	var m pb.FromClient
	if wire.DecodeMessage(b, &m) != nil {
		return
	}
	if h.l.clients[h.c.id] != h.c {
		h.connect() // it was sent away, or left
	}
	m.Seq = h.c.received.Load() + 1
	r, err := readRequest(&m)
	if err != nil {
		h.l.expel(h.c, err)
		return
	}
	h.l.fromClient(h.c, r)
}

func (h *hearing) fromWorker(b []byte) {
	var m pb.FromWorker
	if wire.DecodeMessage(b, &m) != nil {
		return
	}
	if h.l.workers[h.w.id] != h.w {
		h.join()
	}
	h.l.fromWorker(h.w, &m)
}

func (h *hearing) end() {
	close(h.l.s.done)
	for _, end := range h.ends {
		end(nil)
	}
}

// FuzzConversation: whatever clients and workers say, the scheduler goes on,
// and its machine's invariants hold. The input is messages, each after a byte
// that says of whom and its length.
func FuzzConversation(f *testing.F) {
	for _, ms := range conversations(f) {
		f.Add(ms)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h := newHearing(t)
		defer h.end()
		for len(data) > 0 {
			of := data[0]
			n, used := binary.Uvarint(data[1:])
			if used <= 0 || n > uint64(len(data)-1-used) {
				return
			}
			b := data[1+used:][:n]
			data = data[1+used+int(n):]
			if of%2 == 0 {
				h.fromClient(b)
			} else {
				h.fromWorker(b)
			}
			h.l.flush()
			if err := h.l.m.Check(); err != nil {
				t.Fatal(err)
			}
		}
		h.l.tick()
	})
}

// conversations are some that end well.
func conversations(t testing.TB) (seeds [][]byte) {
	b := &graph.Builder{}
	r := b.Add(graph.Class{Op: "a"}, []byte("attr"))
	b.Output(b.Add(graph.Class{Op: "b", Spec: graph.Spec{Retries: 1}}, nil, r.Whole()), graph.NewKey("out"))
	out := wire.KeysToPB([]graph.Key{graph.NewKey("out")})
	submit := &pb.FromClient{Submit: wire.GraphToPB(b.Graph())}
	scatter := &pb.FromClient{Scatter: &pb.Scatter{Keys: out, Bytes: []int64{10}}, Request: 3}
	status := &pb.FromWorker{Status: &pb.WorkerStatus{Managed: 1, Running: []uint64{1 << 32}}}
	for _, ms := range [][]wire.Message{
		{submit, &pb.FromClient{Cancel: out}, &pb.FromClient{Release: out}},
		{submit, status, &pb.FromWorker{Leaving: "it was told to"}},
		{scatter, &pb.FromClient{Abandoned: []uint64{1 << 32}}, &pb.FromClient{Retry: out}},
		{scatter, &pb.FromWorker{Replica: []uint64{1 << 32}}, &pb.FromClient{Info: true}, &pb.FromClient{Leaving: true}},
		{submit, &pb.FromClient{Gone: &pb.Gone{Key: out[0], Worker: 1}}, &pb.FromClient{Retire: 1}},
	} {
		var seed []byte
		for _, m := range ms {
			e, err := wire.EncodeMessage(m)
			if err != nil {
				t.Fatal(err)
			}
			of := byte(0)
			if _, is := m.(*pb.FromWorker); is {
				of = 1
			}
			seed = append(binary.AppendUvarint(append(seed, of), uint64(len(e))), e...)
		}
		seeds = append(seeds, seed)
	}
	return seeds
}
