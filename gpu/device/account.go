package device

import (
	"fmt"
	"sync"
)

// An Account keeps count of the memory that a device has handed out. It is
// for implementations of Device.
type Account struct {
	mu    sync.Mutex
	sizes map[Ptr]int64
	used  int64
	peak  int64
	limit int64
}

// NewAccount returns an account that allows limit bytes at a time.
func NewAccount(limit int64) *Account {
	return &Account{limit: limit, sizes: map[Ptr]int64{}}
}

// Reserve takes bytes from the limit, or reports that they are not there.
func (a *Account) Reserve(bytes int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if bytes > a.limit-a.used {
		return false
	}
	a.used += bytes
	a.peak = max(a.peak, a.used)
	return true
}

// Unreserve gives back bytes that no allocation followed, or that are free.
func (a *Account) Unreserve(bytes int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used -= bytes
}

// Opened records that reserved bytes are at p.
func (a *Account) Opened(p Ptr, bytes int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sizes[p] = bytes
}

// Closed records that p is given back. It panics if p is not allocated: a double
// free, or a pointer of another device.
func (a *Account) Closed(p Ptr) { a.Unreserve(a.Closing(p)) }

// Closing is Closed, but that the bytes, which it returns, stay reserved until
// Unreserve. A device that may hand an address out again as soon as it is free
// calls it before that.
func (a *Account) Closing(p Ptr) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	n, ok := a.sizes[p]
	if !ok {
		panic(fmt.Sprintf("gpu: free of %v, which is not allocated (%d allocations, %d bytes in use)", p, len(a.sizes), a.used))
	}
	delete(a.sizes, p)
	return n
}

// Memory fills in what the account knows.
func (a *Account) Memory() Memory {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Memory{Limit: a.limit, Used: a.used, Peak: a.peak}
}

// Leak returns an error that wraps ErrLeak if anything is allocated.
func (a *Account) Leak() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.sizes) == 0 {
		return nil
	}
	return fmt.Errorf("gpu: %w: %d bytes in %d allocations", ErrLeak, a.used, len(a.sizes))
}
