package server

import (
	"runtime"
	"sync"
)

// threads of all workers of this process.
var threads struct {
	sync.Mutex
	all    int
	before int // processors when there was no worker
}

// addThreads sees to it that Go has a processor more than tasks can keep busy,
// and returns how to undo it.
func addThreads(n int) (remove func()) {
	change := func(n int) {
		threads.Lock()
		defer threads.Unlock()
		if threads.all == 0 {
			threads.before = runtime.GOMAXPROCS(0)
		}
		threads.all += n
		want := threads.before
		if threads.all > 0 {
			want = max(want, threads.all+1)
		}
		if want != runtime.GOMAXPROCS(0) {
			runtime.GOMAXPROCS(want)
		}
	}
	change(n)
	return func() { change(-n) }
}
