package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
)

// A fetched is the letter that says how a fetch ended.
type fetched struct {
	request worker.Fetch
	answers []wire.Answer
	err     error
	stopped bool
	took    time.Duration
}

// fetch asks a peer. The machine bounds how many fetches there are.
func (l *loop) fetch(a worker.Fetch) {
	address, known := l.peers[a.Peer]
	items := make([]wire.Item, len(a.Items))
	for i, it := range a.Items {
		items[i] = wire.Item(it)
	}
	all, mem := l.fetches, l.store.Allocator(store.Promised)
	ctx, cancel := context.WithCancel(all)
	l.cutters[a.Request] = cutter{a.Peer, cancel}
	go func() {
		defer cancel()
		f := &fetched{request: a, err: fmt.Errorf("%w: nobody said where worker %d is", wire.ErrPeer, a.Peer)}
		if known {
			start := time.Now()
			f.answers, f.err = l.data.Fetch(ctx, address, items, mem)
			f.took = time.Since(start)
		}
		f.stopped = all.Err() != nil
		l.box.put(f)
	}()
}

// A cutter ends a fetch.
type cutter struct {
	peer worker.PeerID
	cut  context.CancelFunc
}

// losePeer ends what is being fetched from a peer that the scheduler has given
// up, without waiting for the connection to notice.
func (l *loop) losePeer(id worker.PeerID) {
	delete(l.peers, id)
	for _, c := range l.cutters { // each for itself
		if c.peer == id {
			c.cut()
		}
	}
	l.step(worker.PeerLost{At: l.now(), Peer: id})
}

// deliver puts what came into the store and tells the machine.
func (f *fetched) deliver(l *loop) {
	delete(l.cutters, f.request.Request)
	e := worker.Fetched{At: l.now(), Request: f.request.Request, Peer: f.request.Peer, Err: f.outcome()}
	for i, a := range f.answers {
		it := f.request.Items[i]
		switch {
		case a.Value != nil:
			e.Got = append(e.Got, worker.Arrival{Item: it, Bytes: a.Value.Bytes(), Leased: a.Leased})
			l.store.Put(store.Item(it), a.Value)
		case errors.Is(a.Err, wire.ErrAbsent):
			e.Absent = append(e.Absent, it)
		case f.err == nil && !isBusy(a.Err):
			l.o.Log.Warn("a peer cannot hand a value over", "peer", f.request.Peer, "task", it.Task, "error", a.Err)
			e.Absent = append(e.Absent, it)
		}
	}
	if f.err != nil && !f.stopped {
		l.o.Log.Warn("fetching from a peer failed", "peer", f.request.Peer, "items", len(f.request.Items), "error", f.err)
	}
	l.measureLink(e.Got, f.took)
	l.step(e)
}

func (f *fetched) outcome() worker.FetchError {
	switch {
	case f.stopped:
		return worker.FetchStop
	case isBusy(f.err):
		return worker.PeerBusy
	case f.err != nil:
		return worker.PeerGone
	}
	for _, a := range f.answers {
		if isBusy(a.Err) {
			return worker.PeerBusy
		}
	}
	return worker.FetchOK
}

// isBusy reports whether the same may go well later: the peer had too much to
// do, or there was no room here.
func isBusy(err error) bool {
	return errors.Is(err, wire.ErrBusy) || errors.Is(err, graph.ErrMemory) || errors.Is(err, kernels.ErrMemory)
}

// A holder is what peers and clients see of a worker.
type holder struct {
	store  *store.Store
	mem    kernels.Allocator // of values that are brought
	copies kernels.Allocator // of what is sent
	loop   *loop
}

func (h *holder) Get(it wire.Item) (graph.Value, error) {
	v, err := h.store.Serve(store.Item(it))
	return v, inTransit(err)
}

func (h *holder) Lend(it wire.Item) (graph.Value, func(), error) {
	v, done, err := h.store.Lend(store.Item(it))
	return v, done, inTransit(err)
}

// inTransit makes an error of the store what the other side understands.
func inTransit(err error) error {
	switch {
	case errors.Is(err, store.ErrAbsent):
		return wire.ErrAbsent
	case errors.Is(err, store.ErrBusy):
		return wire.ErrBusy
	}
	return err
}

func (h *holder) Allocator() kernels.Allocator { return h.mem }
func (h *holder) Copies() kernels.Allocator    { return h.copies }

// Put returns when the machine knows of the value.
func (h *holder) Put(ctx context.Context, task graph.TaskID, v graph.Value) error {
	b := &brought{task: task, value: v, done: make(chan error, 1)}
	h.loop.box.put(b)
	select {
	case err := <-b.done:
		return err
	case <-h.loop.ended:
		return fmt.Errorf("worker: %w: it is ending", wire.ErrPeer)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A brought is a value that a client brings.
type brought struct {
	task  graph.TaskID
	value graph.Value
	done  chan error
}

func (b *brought) deliver(l *loop) {
	if l.session == nil {
		b.value.Release()
		b.done <- fmt.Errorf("worker: %w: it has no scheduler just now", wire.ErrBusy)
		return
	}
	bytes := b.value.Bytes()
	l.store.Put(store.Item{Task: b.task, Part: -1}, b.value)
	l.step(worker.Stored{At: l.now(), Task: b.task, Bytes: bytes})
	b.done <- nil
}
