package sched

// A slab is memory that parts of actions are cut from, many of one allocation.
// It is not used again: an action may be kept for as long as its receiver likes.
type slab[T any] struct {
	rest  []T
	lists [][]T // empty ones, to gather in
}

const (
	slabItems  = 256  // of one allocation, at least
	slabLists  = 16   // are kept
	slabGather = 1024 // the most in a list that is kept
)

// cut returns n zero values.
func (s *slab[T]) cut(n int) []T {
	if n > len(s.rest) {
		s.rest = make([]T, max(n, slabItems))
	}
	ts := s.rest[:n:n]
	s.rest = s.rest[n:]
	return ts
}

// begin returns an empty list to gather in.
func (s *slab[T]) begin() []T {
	n := len(s.lists)
	if n == 0 {
		return nil
	}
	l := s.lists[n-1]
	s.lists = s.lists[:n-1]
	return l
}

// seal returns what was gathered in l, where it stays. l is used again.
func (s *slab[T]) seal(l []T) []T {
	ts := s.cut(len(l))
	copy(ts, l)
	s.discard(l)
	return ts
}

// discard gives l back.
func (s *slab[T]) discard(l []T) {
	if len(s.lists) < slabLists && cap(l) > 0 && cap(l) <= slabGather {
		clear(l)
		s.lists = append(s.lists, l[:0])
	}
}
