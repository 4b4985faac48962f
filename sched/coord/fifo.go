package coord

import "iter"

// A fifo is a line in which anybody can give up at any place. The zero value is
// empty.
type fifo[T any] struct {
	head, tail *place[T]
	n          int
}

// A place is one in a line. It is in no line once it was removed.
type place[T any] struct {
	value      T
	line       *fifo[T]
	prev, next *place[T]
}

func (f *fifo[T]) push(v T) *place[T] {
	p := &place[T]{value: v, line: f, prev: f.tail}
	if f.tail == nil {
		f.head = p
	} else {
		f.tail.next = p
	}
	f.tail = p
	f.n++
	return p
}

func (f *fifo[T]) pushFront(v T) *place[T] {
	p := &place[T]{value: v, line: f, next: f.head}
	if f.head == nil {
		f.tail = p
	} else {
		f.head.prev = p
	}
	f.head = p
	f.n++
	return p
}

// pop removes and returns the first; there must be one.
func (f *fifo[T]) pop() T {
	p := f.head
	p.leave()
	return p.value
}

// leave takes p out of its line. Doing so again does nothing.
func (p *place[T]) leave() {
	f := p.line
	if f == nil {
		return
	}
	if p.prev == nil {
		f.head = p.next
	} else {
		p.prev.next = p.next
	}
	if p.next == nil {
		f.tail = p.prev
	} else {
		p.next.prev = p.prev
	}
	p.line, p.prev, p.next = nil, nil, nil
	f.n--
}

// isFirst reports whether p is at the head of its line.
func (p *place[T]) isFirst() bool { return p.line != nil && p.line.head == p }

// all visits the line in order. The one that is visited may leave it.
func (f *fifo[T]) all() iter.Seq[*place[T]] {
	return func(yield func(*place[T]) bool) {
		for p := f.head; p != nil; {
			next := p.next
			if !yield(p) {
				return
			}
			p = next
		}
	}
}
