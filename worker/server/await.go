package server

import (
	"context"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
)

// patience is how long a peer is kept waiting for values that are on their way
// here: then it asks others.
const patience = time.Second

// Await is for peers that the scheduler sent here for values that this worker
// was sent for before. It asks the loop only if something is not there.
func (h *holder) Await(ctx context.Context, items []wire.Item) {
	a := &awaited{done: make(chan struct{})}
	for _, it := range items {
		if it.Part < 0 && !h.store.Has(store.Item(it)) {
			a.items = append(a.items, worker.Item(it))
		}
	}
	if len(a.items) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a.over = ctx.Done()
	h.loop.box.put(a)
	select {
	case <-a.done:
	case <-ctx.Done():
	case <-h.loop.ended:
	}
}

// An awaited is the letter that a peer waits for items.
type awaited struct {
	items []worker.Item
	done  chan struct{}   // closed when none of them is expected any more
	over  <-chan struct{} // closed when the peer has left
}

func (a *awaited) deliver(l *loop) { l.awaited = append(l.awaited, a) }

// answerAwaited lets those peers go on for whom there is nothing to wait for.
func (l *loop) answerAwaited() {
	kept := l.awaited[:0]
	for _, a := range l.awaited {
		if l.expected(a) {
			kept = append(kept, a)
			continue
		}
		close(a.done)
	}
	clear(l.awaited[len(kept):])
	l.awaited = kept
}

// expected reports whether something that a peer waits for is about to come.
func (l *loop) expected(a *awaited) bool {
	select {
	case <-a.over:
		return false
	default:
	}
	for _, it := range a.items {
		if l.m.Expects(it) {
			return true
		}
	}
	return false
}
