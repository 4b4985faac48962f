package gpu

import (
	"container/list"
	"errors"
	"fmt"
	"sync"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/graph"
)

// A buffer is memory that blocks share: on the device, or evicted to the host.
// What it holds is complete and does not change, but for the buffers that the
// running call fills.
type buffer struct {
	lane  *Lane
	bytes int64
	turn  uint64 // of the call that needed it last; Lane.calls guards it

	// The mutex of the lane's tier guards what follows. Only the running call
	// moves a buffer, so that it reads ptr as it likes.
	refs  int
	ptr   device.Ptr    // 0: not on the device
	host  []byte        // what was evicted, until it is on the device again for certain
	place *list.Element // in tier.resident; nil: not there
}

// A tier keeps count of where the buffers of a lane are. Of the locks of a lane,
// calls is taken before copies, and mu last; nobody waits for the device with mu.
type tier struct {
	mu       sync.Mutex
	resident list.List // *buffer, the least recently needed first
	leaving  int       // buffers that nobody has, and that are not yet freed
	gone     sync.Cond // on mu: leaving is less
	counts   Residency
}

// Residency says how blocks came and went when device memory was short.
type Residency struct {
	Evictions   int64 // buffers moved to the host
	HostLimit   int64 // bytes of host memory that evicted blocks may take
	HostBytes   int64 // that evicted blocks take in host memory now
	HostPeak    int64 // most of it at a time
	BroughtBack int64 // bytes of evicted blocks that calls needed again
}

// Residency returns the counts.
func (l *Lane) Residency() Residency {
	l.tier.mu.Lock()
	defer l.tier.mu.Unlock()
	return l.tier.counts
}

// LimitHost sets how many bytes of host memory blocks may take that device
// memory has no room for. It is 0 at first: then a call that does not fit
// beside what is on the device fails.
func (l *Lane) LimitHost(bytes int64) {
	l.tier.mu.Lock()
	defer l.tier.mu.Unlock()
	l.tier.counts.HostLimit = bytes
}

// enter makes a buffer of what room returned, with one reference.
func (l *Lane) enter(p device.Ptr, bytes int64) *buffer {
	m := &buffer{lane: l, bytes: bytes, turn: l.turn, refs: 1}
	l.tier.mu.Lock()
	defer l.tier.mu.Unlock()
	l.tier.settle(m, p)
	return m
}

// settle records that m is at p.
func (t *tier) settle(m *buffer, p device.Ptr) {
	if m.ptr = p; p != 0 {
		m.place = t.resident.PushBack(m)
	}
}

// unsettle records that m is not on the device, and returns where it was.
func (t *tier) unsettle(m *buffer) device.Ptr {
	p := m.ptr
	if m.ptr = 0; m.place != nil {
		t.resident.Remove(m.place)
		m.place = nil
	}
	return p
}

// forget gives up the copy of m in host memory.
func (t *tier) forget(m *buffer) {
	t.counts.HostBytes -= int64(len(m.host))
	m.host = nil
}

func (m *buffer) retain() {
	m.lane.tier.mu.Lock()
	defer m.lane.tier.mu.Unlock()
	m.refs++
}

// release frees the memory with the last reference.
func (m *buffer) release() {
	t := &m.lane.tier
	p := t.leave(m)
	if p == 0 {
		return
	}
	m.lane.dev.Free(p, m.lane.compute)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leaving--
	t.gone.Broadcast()
}

// leave drops a reference. With the last one it returns where on the device m is,
// which the caller frees.
func (t *tier) leave(m *buffer) device.Ptr {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m.refs--; m.refs > 0 {
		return 0
	}
	t.forget(m)
	p := t.unsettle(m)
	if p != 0 {
		t.leaving++
	}
	return p
}

// kept returns what is evicted of m, or nil if it is on the device only.
func (m *buffer) kept() []byte {
	m.lane.tier.mu.Lock()
	defer m.lane.tier.mu.Unlock()
	return m.host
}

// read copies m to dst, beside whatever runs. What is evicted takes no copy
// from the device, which may be lost.
func (m *buffer) read(dst []byte) error {
	if host := m.kept(); host != nil {
		copy(dst, host)
		return nil
	}
	l := m.lane
	l.copies.Lock() // from now on m is not evicted
	defer l.copies.Unlock()
	if host := m.kept(); host != nil {
		copy(dst, host)
		return nil
	}
	return l.copyOut(dst, m)
}

// copyOut copies m from the device. The caller has copies.
func (l *Lane) copyOut(dst []byte, m *buffer) error {
	return l.down.copyOut(dst, m.at())
}

// at is where m is on the device: for the running call, which needs it, or who
// has copies while m is not evicted.
func (m *buffer) at() device.Ptr {
	m.lane.tier.mu.Lock()
	defer m.lane.tier.mu.Unlock()
	return m.ptr
}

// need records that the running call uses m, which is not evicted before it ends.
func (l *Lane) need(m *buffer) {
	m.turn = l.turn
	l.tier.mu.Lock()
	defer l.tier.mu.Unlock()
	if m.place != nil {
		l.tier.resident.MoveToBack(m.place)
	}
}

// room returns fresh device memory for the running call. Blocks that the call
// does not need make room, the least recently needed first. The error wraps
// graph.ErrMemory if that is not enough; then nothing was evicted for it.
func (l *Lane) room(bytes int64) (device.Ptr, error) {
	for {
		p, err := l.dev.Alloc(bytes)
		if !errors.Is(err, graph.ErrMemory) {
			return p, err
		}
		used, err2 := l.dev.Memory()
		if err2 != nil {
			return 0, err2
		}
		m, again, err := l.victim(bytes-(used.Limit-used.Used), err)
		switch {
		case again:
		case err != nil:
			return 0, err
		default:
			err := l.evict(m)
			m.release()
			if err != nil {
				return 0, fmt.Errorf("evicting %d bytes to the host: %w", m.bytes, err)
			}
		}
	}
}

// victim returns the least recently needed buffer that may be evicted, with a
// reference, if what may be is enough. again asks to try once more, as memory
// was freed meanwhile. full is why there must be a victim.
func (l *Lane) victim(enough int64, full error) (m *buffer, again bool, err error) {
	t := &l.tier
	t.mu.Lock()
	defer t.mu.Unlock()
	left := t.counts.HostLimit - t.counts.HostBytes
	var idle, fits int64
	for e := t.resident.Front(); e != nil; e = e.Next() {
		x := e.Value.(*buffer)
		if x.turn == l.turn {
			continue
		}
		idle += x.bytes
		if x.bytes <= left {
			left -= x.bytes
			fits += x.bytes
			if m == nil {
				m = x
			}
		}
	}
	switch {
	case m != nil && fits >= enough:
		m.refs++
		t.counts.HostBytes += m.bytes // reserved
		t.counts.HostPeak = max(t.counts.HostPeak, t.counts.HostBytes)
		return m, false, nil
	case t.leaving > 0:
		t.gone.Wait()
		return nil, true, nil
	}
	return nil, false, fmt.Errorf("%w; the call can do without %d bytes that are there, and blocks evicted to the host take %d of %d bytes, "+
		"which is another limit to raise", full, idle, t.counts.HostBytes, t.counts.HostLimit)
}

// evict moves m to host memory that victim has reserved. If the device fails, m
// stays where it is.
func (l *Lane) evict(m *buffer) error {
	l.copies.Lock() // nobody reads it meanwhile
	defer l.copies.Unlock()
	host := make([]byte, m.bytes)
	err := l.copyOut(host, m)
	t := &l.tier
	t.mu.Lock()
	if err != nil {
		t.counts.HostBytes -= m.bytes
		t.mu.Unlock()
		return err
	}
	m.host = host
	p := t.unsettle(m)
	t.counts.Evictions++
	t.mu.Unlock()
	l.dev.Free(p, l.out)
	return nil
}
