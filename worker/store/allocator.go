package store

import "github.com/ashlar-go/ashlar/kernels"

// A Policy says what becomes of a request for memory beyond the limit.
type Policy uint8

const (
	// Strict requests are refused.
	Strict Policy = iota
	// Promised requests are granted unless they alone are beyond the limit.
	Promised
)

// Allocator returns an allocator whose memory the store counts.
func (s *Store) Allocator(p Policy) kernels.Allocator { return &counted{s: s, policy: p} }

// counted is an allocator that counts.
type counted struct {
	s      *Store
	policy Policy
}

var _ kernels.DirtyAllocator = (*counted)(nil)

func (c *counted) grant(n int) bool {
	if c.s.take(int64(n)) {
		return true
	}
	if c.policy == Promised && int64(n) <= c.s.limit {
		c.s.live.Add(int64(n))
		c.s.notePeak()
		return true
	}
	return false
}

func (c *counted) Allocate(n int) []byte {
	if !c.grant(n) {
		return nil
	}
	return c.s.base.Allocate(n)
}

func (c *counted) AllocateDirty(n int) []byte {
	if !c.grant(n) {
		return nil
	}
	return c.s.allocateDirty(n)
}

func (c *counted) Reallocate(n int, b []byte) []byte { return c.s.reallocate(n, b, c.grant) }

func (c *counted) Free(b []byte) { c.s.free(b) }

// take counts n bytes if they fit into the limit.
func (s *Store) take(n int64) bool { return s.takeOf(n, s.limit, true) }

// takeRoom counts n bytes if they fit into the room, beside what others still
// read as well.
func (s *Store) takeRoom(n int64) bool { return s.takeOf(n, s.space.Load(), false) }

func (s *Store) takeOf(n, most int64, lend bool) bool {
	for {
		old := s.live.Load()
		used := old + n + s.encoded.Load() + s.mapped.Load()
		if lend {
			used -= s.lent.Load()
		}
		if s.limit > 0 && used > most {
			return false
		}
		if s.live.CompareAndSwap(old, old+n) {
			s.notePeak()
			return true
		}
	}
}

func (s *Store) allocateDirty(n int) []byte {
	if d, ok := s.base.(kernels.DirtyAllocator); ok {
		return d.AllocateDirty(n)
	}
	return s.base.Allocate(n)
}

// reallocate moves b to n bytes. Where that is refused the result is nil and b
// is freed: Arrow's buffers forget it.
func (s *Store) reallocate(n int, b []byte, grant func(int) bool) []byte {
	more := n - len(b)
	if more > 0 && !grant(more) {
		s.free(b)
		return nil
	}
	if more < 0 {
		s.live.Add(int64(more))
		s.room.freed()
	}
	c := s.base.Reallocate(n, b)
	return c[:n]
}

func (s *Store) free(b []byte) {
	s.live.Add(-int64(len(b)))
	s.base.Free(b)
	s.room.freed()
}
