package guard_test

import (
	"fmt"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

func Example() {
	test := func(t testing.TB) {
		xs := guard.Values[float64](t, 3, true) // xs[3] would fault, had it no check of bounds
		fmt.Println(xs)
	}
	testing.Benchmark(func(b *testing.B) { // stands for a test
		if b.N == 1 {
			test(b)
		}
	})
	// Output: [0 0 0]
}
