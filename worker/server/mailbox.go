package server

import "sync"

// A letter is something that happened, for the loop to deal with.
type letter interface{ deliver(*loop) }

// A mailbox holds letters until the loop takes them, all at once.
type mailbox struct {
	wake chan struct{} // holds one

	mu      sync.Mutex
	letters []letter
	spare   []letter
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// put never blocks.
func (b *mailbox) put(l letter) {
	b.add(l)
	b.poke()
}

// add is put without waking the loop.
func (b *mailbox) add(l letter) {
	b.mu.Lock()
	b.letters = append(b.letters, l)
	b.mu.Unlock()
}

// poke has the loop look around.
func (b *mailbox) poke() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take returns the letters there are. They are valid until the next take.
func (b *mailbox) take() []letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	ls := b.letters
	clear(b.spare)
	b.letters, b.spare = b.spare[:0], ls
	return ls
}
