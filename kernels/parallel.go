package kernels

import (
	"sync"
	"sync/atomic"
)

// parallel calls f(0) … f(n-1), each once, on up to the given number of
// threads, of which the caller's is one. It returns when all have. A panic of
// f is raised again on the caller's thread.
func parallel(threads, n int, f func(i int)) {
	if threads = min(threads, n); threads <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var failure atomic.Pointer[any]
	work := func() {
		defer func() {
			if p := recover(); p != nil {
				failure.CompareAndSwap(nil, &p)
				next.Store(int64(n))
			}
		}()
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			f(int(i))
		}
	}
	var others sync.WaitGroup
	for range threads - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	if p := failure.Load(); p != nil {
		panic(*p)
	}
}

// span is a run of positions: lo up to, not including, hi.
type span struct{ lo, hi int }

func (s span) len() int { return s.hi - s.lo }

// spans cuts n positions into runs of the given size; the last may be shorter.
func spans(n, size int) []span {
	var out []span
	for lo := 0; lo < n; lo += size {
		out = append(out, span{lo, min(lo+size, n)})
	}
	return out
}
