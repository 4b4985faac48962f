package store

// Leave says that the execution waits for others, and so frees no memory by
// itself: whoever waits for memory need not wait for it. Return ends that.
func (c *Scope) Leave() {
	r := &c.s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
	r.changed.Broadcast()
}

// Return: see Leave.
func (c *Scope) Return() {
	r := &c.s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running++
}
