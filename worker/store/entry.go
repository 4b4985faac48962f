package store

import "github.com/ashlar-go/ashlar/graph"

// An entry is a value that is here, with the store's reference to it. The
// store's lock guards the loan; nothing else of it changes.
type entry struct {
	value   graph.Value // nil: it is on disk
	disk    *spilled
	encoded int64
	loan    *loan // nil: it was never lent
}

// entry returns what is here under that name, or nil. The caller of this and the
// following holds the lock.
func (s *Store) entry(it Item) *entry {
	if it.Part < 0 {
		return s.wholes.Get(it.Task)
	}
	return s.parts[it]
}

func (s *Store) enter(it Item, e *entry) {
	if it.Part < 0 {
		s.wholes.Set(it.Task, e)
		return
	}
	s.parts[it] = e
}

func (s *Store) remove(it Item) {
	if it.Part < 0 {
		s.wholes.Delete(it.Task)
		return
	}
	delete(s.parts, it)
}
