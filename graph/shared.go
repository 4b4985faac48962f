package graph

import (
	"errors"
	"io"
	"sync"
)

// Shared is what the tasks of one worker share, such as a connection: opened by
// the first that wants it, closed when the worker ends. The zero Shared is empty.
type Shared struct {
	mu     sync.Mutex
	things map[any]io.Closer
	closed bool
}

// ErrEnding is the error of opening something on a worker that ends.
var ErrEnding = errors.New("the worker is ending")

// Get returns what is there under key. If nothing is, or what is there is no
// good any more, it is closed and another opened; others wait for that.
func (s *Shared) Get(key any, good func(io.Closer) bool, open func() (io.Closer, error)) (io.Closer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrEnding
	}
	if c := s.things[key]; c != nil {
		if good(c) {
			return c, nil
		}
		delete(s.things, key)
		c.Close() // what it says was known: it is no good
	}
	c, err := open()
	if err != nil {
		return nil, err
	}
	if s.things == nil {
		s.things = map[any]io.Closer{}
	}
	s.things[key] = c
	return c, nil
}

// Close closes everything, once.
func (s *Shared) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for _, c := range s.things {
		errs = append(errs, c.Close())
	}
	s.things = nil
	return errors.Join(errs...)
}
