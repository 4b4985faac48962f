package client

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// A Future is the result, there or to come, of a call, or a value brought to
// the cluster. It keeps the value alive until Release, or until it is garbage;
// futures that were made together, until some of them all are.
type Future[T any] struct{ h *hold }

// Status says how far a future is.
type Status string

// The states of a future.
const (
	StatusPending   Status = "pending"
	StatusReady     Status = "ready"
	StatusFailed    Status = "failed"
	StatusCancelled Status = "cancelled"
	StatusReleased  Status = "released"
)

// A Result is a future of whatever type, for those who wait.
type Result interface {
	Key() graph.Key
	Wait(ctx context.Context) error
	Status() Status
	hold() *hold
}

func newFuture[T any](h *hold) *Future[T] {
	f := &Future[T]{h}
	runtime.AddCleanup(f, func(h *hold) { h.Release() }, h)
	return f
}

// futures returns the future of each of hs. To have each watched by itself would
// cost as much as to submit it: they are watched some at a time.
func futures[T any](hs []*hold) []*Future[T] {
	fs := make([]*Future[T], len(hs))
	for first := 0; first < len(hs); first += slab {
		some := make([]Future[T], min(slab, len(hs)-first))
		for i := range some {
			some[i].h = hs[first+i]
			fs[first+i] = &some[i]
		}
		runtime.AddCleanup(&some[0], releaseHolds, slices.Clone(hs[first:first+len(some)]))
	}
	return fs
}

func releaseHolds(hs []*hold) {
	for _, h := range hs {
		h.Release()
	}
}

func (f *Future[T]) hold() *hold { return f.h }

// Key returns the key under which the cluster knows the value.
func (f *Future[T]) Key() graph.Key { return f.h.Key() }

// Wait returns when the value is there, or why it never will be. If ctx ends
// first, the work goes on.
func (f *Future[T]) Wait(ctx context.Context) error {
	defer runtime.KeepAlive(f)
	return f.h.Wait(ctx)
}

// Result waits and gathers the value. If T is a kind of [graph.Value], the
// caller releases it.
func (f *Future[T]) Result(ctx context.Context) (T, error) {
	defer runtime.KeepAlive(f)
	vs, err := Gather(ctx, f)
	if err != nil {
		var none T
		return none, err
	}
	return vs[0], nil
}

// Done returns a channel that is closed when the value is there, or never will
// be. A value that is lost later, and is being computed again, has another
// channel.
func (f *Future[T]) Done() <-chan struct{} {
	c := f.h.w.c
	c.mu.Lock()
	defer c.mu.Unlock()
	return f.h.doneChan()
}

// Status returns how far f is.
func (f *Future[T]) Status() Status {
	c := f.h.w.c
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case errors.Is(f.h.gone, graph.ErrCancelled):
		return StatusCancelled
	case f.h.gone != nil:
		return StatusReleased
	case f.h.w.state == ready:
		return StatusReady
	case f.h.w.state == pending:
		return StatusPending
	case errors.Is(f.h.w.err, graph.ErrCancelled):
		return StatusCancelled
	}
	return StatusFailed
}

// Cancel gives the work up for everybody who waits for this key: they get
// [graph.ErrCancelled]. To stop only caring, Release.
func (f *Future[T]) Cancel() { f.h.cancel() }

// Retry has what failed behind f run again. It does nothing unless f failed.
func (f *Future[T]) Retry() error { return f.h.retry() }

// Release gives the value up. Doing so again does nothing.
func (f *Future[T]) Release() { f.h.Release() }

// String names the key and the status.
func (f *Future[T]) String() string { return fmt.Sprintf("future %v (%s)", f.Key(), f.Status()) }
