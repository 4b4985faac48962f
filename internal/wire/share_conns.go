package wire

import (
	"cmp"
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// shareConns are the connections of a client to holders of this host.
type shareConns struct {
	borrow func(int64)
	stale  stale
	mapped atomic.Int64
	ctx    context.Context // ends with the client
	cancel context.CancelFunc
	dials  sync.WaitGroup

	mu     sync.Mutex
	at     map[string]*shareLink // nil: closed
	failed map[string]time.Time
}

// A shareLink is a connection that is there, or is being made: a holder that
// hangs keeps nobody from another.
type shareLink struct {
	ready chan struct{} // closed when it is known what s is
	s     *shareConn    // nil: there can be none
}

func (t *shareConns) init(o DataOptions) {
	t.borrow, t.at, t.failed = o.Borrow, map[string]*shareLink{}, map[string]time.Time{}
	t.stale.most = cmp.Or(o.Stale, mostStale)
	t.ctx, t.cancel = context.WithCancel(context.Background())
}

// get returns the connection to the holder at address, or nil if there can be
// none, or ctx ends before it is there.
func (t *shareConns) get(ctx context.Context, address string) *shareConn {
	l := t.link(address)
	if l == nil {
		return nil
	}
	select {
	case <-l.ready:
		return l.s
	case <-ctx.Done():
		return nil
	}
}

// link returns the connection to address, which it has made if there is none
// that works; nil if there can be none.
func (t *shareConns) link(address string) *shareLink {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.at[address]; l != nil {
		if !l.broken() {
			return l
		}
		delete(t.at, address)
	}
	if t.at == nil || time.Since(t.failed[address]) < shareRetry {
		return nil
	}
	if host, _, err := net.SplitHostPort(address); err != nil || !isThisMachine(host) {
		t.fail(address)
		return nil
	}
	for other, l := range t.at { // what broke is forgotten some time, each by itself
		if l.broken() {
			delete(t.at, other)
		}
	}
	l := &shareLink{ready: make(chan struct{})}
	t.at[address] = l
	t.dials.Add(1)
	go t.dial(l, address)
	return l
}

// broken reports whether the connection was there, and has ended.
func (l *shareLink) broken() bool {
	select {
	case <-l.ready:
	default:
		return false
	}
	select {
	case <-l.s.broken:
		return true
	default:
		return false
	}
}

// fail notes that memory is not shared with a holder. The caller holds the lock.
func (t *shareConns) fail(address string) {
	if len(t.failed) > 1<<12 {
		clear(t.failed)
	}
	t.failed[address] = time.Now()
}

func (t *shareConns) dial(l *shareLink, address string) {
	defer t.dials.Done()
	s, err := shareDial(t.ctx, address, &t.mapped, &t.stale, t.borrow)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil && t.at != nil:
		delete(t.at, address)
		t.fail(address)
	case err == nil && t.at == nil:
		s.close()
	}
	l.s = s
	close(l.ready)
}

// close ends the connections as their leases end.
func (t *shareConns) close() {
	t.cancel()
	t.mu.Lock()
	for _, l := range t.at { // each for itself
		select {
		case <-l.ready:
			l.s.close()
		default: // see dial
		}
	}
	t.at = nil
	t.mu.Unlock()
	t.dials.Wait()
}
