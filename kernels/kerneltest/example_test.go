package kerneltest_test

import (
	"fmt"
	"math"

	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// A variant of a kernel is put to its suite in a test of its own. This one
// takes a short cut through float32, and is told of the first number for which
// that shows.
func Example() {
	t := &recorder{} // a *testing.T, in a test
	kerneltest.UnaryVector(t, kerneltest.Unary{
		Name: "sqrt",
		Want: math.Sqrt,
		ULP:  1,
		Loop: func(dst, x []float64) {
			for i := range dst {
				dst[i] = float64(float32(math.Sqrt(x[i])))
			}
		},
	})
	fmt.Println(t.said[0])
	// Output: sqrt(1.888543788343668) is 1.3742430210113525, want 1.3742429873729274 within 1 ulp (element 0 of 1)
}
