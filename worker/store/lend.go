package store

import "github.com/ashlar-go/ashlar/graph"

// Lending. Other processes read values where they lie. What they read counts
// with them; so what leaves this store while it is read counts here no more,
// although its memory is not free yet.

// A loan is what others read of an entry.
type loan struct {
	leases  int
	bytes   int64 // of these
	charged int64 // counted as lent: the entry has left memory
}

// Lend is [Store.Get] for a reader of another process, which ends its lease with
// done, besides releasing the value.
func (s *Store) Lend(it Item) (v graph.Value, done func(), err error) {
	if v, err = s.Serve(it); err != nil {
		return nil, nil, err
	}
	n := v.Bytes() - encodedBytes(v) // that is counted by itself, and copied
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(it)
	if e == nil && it.Part >= 0 {
		e = s.entry(Item{it.Task, -1})
	}
	if e == nil || e.value == nil {
		return v, func() {}, nil // it is mapped, or was dropped meanwhile
	}
	if e.loan == nil {
		e.loan = &loan{}
	}
	l := e.loan
	l.leases++
	l.bytes += n
	return v, func() { s.giveBack(l, n) }, nil
}

func (s *Store) giveBack(l *loan, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.bytes -= n
	if l.leases--; l.leases == 0 {
		s.lent.Add(-l.charged)
		l.charged = 0
	}
}

// removed follows the removal of an entry from memory. The caller holds the
// lock.
func (s *Store) removed(e *entry) {
	if l := e.loan; l != nil && l.leases > 0 {
		l.charged = min(l.bytes, e.value.Bytes()-e.encoded)
		s.lent.Add(l.charged)
	}
}

// Borrow counts bytes of other processes that are read here where they lie; it
// takes back what it counted with a negative number.
func (s *Store) Borrow(bytes int64) {
	s.borrowed.Add(bytes)
	s.addMapped(bytes)
	if bytes < 0 {
		s.room.freed()
	}
}
