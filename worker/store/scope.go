package store

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// room is where executions wait for memory.
type room struct {
	mu      sync.Mutex
	changed sync.Cond
	running int // scopes between Begin and End
	waiting int // of these, how many wait
	some    atomic.Bool
	asked   int64     // bytes that Relief was asked for, and has not answered
	beyond  bool      // it has: one may go beyond the room, as far as the limit
	starved bool      // it has: there will be none
	since   time.Time // when memory came free last, or was first asked for
}

// patience is for how long nothing must have come free before an execution is
// refused memory: values may be on their way to a peer, who is done soon.
const patience = 2 * time.Second

// relief asks for memory, once until the answer, and reports whether there is
// hope. It is called with the lock held, by one of those that all wait.
func (s *Store) relief(n int64) bool {
	r := &s.room
	if s.help == nil || r.starved {
		r.starved, r.beyond = false, false
		return false
	}
	if r.since.IsZero() {
		r.since = time.Now()
	}
	if n > r.asked && !r.beyond {
		r.asked = n
		s.help(n)
	}
	return true
}

// Starve answers Relief: nothing can be freed. One execution that waits is
// refused; when it has ended, others may go on.
func (s *Store) Starve() {
	r := &s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == 0 {
		return
	}
	r.asked, r.beyond = 0, true
	if time.Since(r.since) >= patience {
		r.starved, r.since = true, time.Time{}
		r.changed.Broadcast()
		return
	}
	r.changed.Broadcast()
	time.AfterFunc(patience/16, func() { // ask again
		r.mu.Lock()
		defer r.mu.Unlock()
		r.beyond = false
		r.changed.Broadcast()
	})
}

// Relieve answers Relief: as much was moved away as was asked for. Whoever
// still has no room asks again.
func (s *Store) Relieve() { s.room.look() }

func (r *room) init() { r.changed.L = &r.mu }

// freed wakes who waits.
func (r *room) freed() {
	if r.some.Load() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.since = time.Time{}
		r.again()
	}
}

// look makes everyone who waits look again.
func (r *room) look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.again()
}

func (r *room) again() {
	r.asked, r.beyond, r.starved = 0, false, false
	r.changed.Broadcast()
}

// A Scope is the allocator of an execution, or of several that follow each other
// as long as none has allocated anything. Its memory outlives the execution:
// results are made of it.
type Scope struct {
	s       *Store
	ctx     context.Context // of the execution; guarded by room.mu
	waiters int             // goroutines of the execution that wait; likewise
	refused int64           // bytes of the first refused request; likewise
	used    int64           // what was in use then; likewise

	live atomic.Int64 // bytes given and not yet freed
	most atomic.Int64 // of these at once
}

var _ kernels.DirtyAllocator = (*Scope)(nil)

// NewScope returns a scope, in which nothing executes yet.
func (s *Store) NewScope() *Scope { return &Scope{s: s, ctx: context.Background()} }

// Begin starts an execution. When ctx ends, it does not wait for memory any
// more.
func (c *Scope) Begin(ctx context.Context) {
	r := &c.s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running++
	c.ctx, c.refused = ctx, 0
}

// End ends the execution. If memory was refused, the error says so in words
// and wraps graph.ErrMemory.
func (c *Scope) End() error {
	r := &c.s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
	c.ctx = context.Background()
	r.changed.Broadcast()
	if c.refused == 0 {
		return nil
	}
	return fmt.Errorf("store: %w: it asked for %d bytes more when %d of %d were in use and no other task was running that could free some; "+
		"give the worker more memory (-memory), use smaller chunks or partitions, or run fewer tasks at once (-threads)",
		graph.ErrMemory, c.refused, c.used, c.s.limit)
}

// grant counts n bytes, waiting for room while others run.
func (c *Scope) grant(n int) bool {
	if n == 0 || c.s.takeRoom(int64(n)) {
		return true
	}
	r := &c.s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.waiters++; c.waiters == 1 {
		r.waiting++
	}
	r.some.Store(true)
	stop := context.AfterFunc(c.ctx, r.freed)
	defer func() {
		stop()
		if c.waiters--; c.waiters == 0 {
			r.waiting--
		}
		if r.waiting == 0 {
			r.some.Store(false)
			r.since = time.Time{}
			r.again()
		}
	}()
	for {
		if c.s.takeRoom(int64(n)) || r.beyond && c.s.take(int64(n)) {
			r.beyond = false
			return true
		}
		if c.ctx.Err() != nil || int64(n) > c.s.limit || r.waiting >= r.running && !c.s.relief(int64(n)) {
			return c.last(int64(n))
		}
		r.changed.Wait()
	}
}

// last is the last try of a request, when there is nothing to wait for.
func (c *Scope) last(n int64) bool {
	if c.ctx.Err() == nil && c.s.take(n) {
		return true
	}
	if c.refused == 0 {
		c.refused, c.used = n, c.s.Managed()
	}
	return false
}

// Admit waits, as an allocation does, until the encoded part of a result, which
// no allocator has counted, fits beside everything else. It reports whether it
// does; if not, End says so.
func (c *Scope) Admit(v graph.Value) bool {
	n := encodedBytes(v)
	if n == 0 {
		return true
	}
	if !c.grant(int(n)) {
		return false
	}
	c.s.live.Add(-n) // Put counts it as encoded
	return true
}

// Peak returns how many bytes that the scope gave were in use at once at most.
func (c *Scope) Peak() int64 { return c.most.Load() }

// count follows the giving of so many bytes more, or of less.
func (c *Scope) count(n int) {
	now := c.live.Add(int64(n))
	for old := c.most.Load(); now > old && !c.most.CompareAndSwap(old, now); old = c.most.Load() {
	}
}

// Allocate implements kernels.Allocator.
func (c *Scope) Allocate(n int) []byte {
	if !c.grant(n) {
		return nil
	}
	c.count(n)
	return c.s.base.Allocate(n)
}

// AllocateDirty implements kernels.DirtyAllocator.
func (c *Scope) AllocateDirty(n int) []byte {
	if !c.grant(n) {
		return nil
	}
	c.count(n)
	return c.s.allocateDirty(n)
}

// Reallocate implements kernels.Allocator.
func (c *Scope) Reallocate(n int, b []byte) []byte {
	old := len(b)
	b = c.s.reallocate(n, b, c.grant)
	c.count(len(b) - old)
	return b
}

// Free implements kernels.Allocator.
func (c *Scope) Free(b []byte) {
	c.count(-len(b))
	c.s.free(b)
}
