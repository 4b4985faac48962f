package client

import "slices"

// A sub is called once for each time that it was added, when what it was added
// to ends, with the client's lock held.
type sub struct{ f func(w *want) }

// subs are those who wait for one thing: mostly nobody or one.
type subs struct {
	first *sub
	more  []*sub
}

func (s *subs) add(x *sub) {
	if s.first == nil {
		s.first = x
		return
	}
	s.more = append(s.more, x)
}

// remove takes x away, as often as it was added.
func (s *subs) remove(x *sub) {
	if s.first == x {
		s.first = nil
	}
	if len(s.more) > 0 {
		s.more = slices.DeleteFunc(s.more, func(y *sub) bool { return y == x })
	}
}

// call empties s and calls who was in it.
func (s *subs) call(w *want) {
	was := *s
	*s = subs{}
	if was.first != nil {
		was.first.f(w)
	}
	for _, x := range was.more {
		x.f(w)
	}
}
