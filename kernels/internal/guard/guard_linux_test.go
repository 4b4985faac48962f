package guard_test

import (
	"runtime/debug"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// touch reads the value beside the first or the last of xs.
func touch(xs []int32, beyond int, x func(xs []int32, i int) int32) (faulted bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { faulted = recover() != nil }()
	x(xs, beyond)
	return false
}

func TestValues(t *testing.T) {
	for _, n := range []int{1, 1024, 1025} {
		for _, atEnd := range []bool{false, true} {
			xs := guard.Values[int32](t, n, atEnd)
			for i := range xs {
				xs[i] = int32(i)
			}
			beyond := -1
			if atEnd {
				beyond = n
			}
			if !touch(xs, beyond, guard.At) || touch(xs, n-1, guard.At) {
				t.Errorf("%d values, at the end %t: what is beyond can be read, or what is there cannot", n, atEnd)
			}
		}
	}
}
