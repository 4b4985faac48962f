package peak_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/bench/internal/peak"
)

func ExampleFMA() {
	rate := peak.FMA()
	achieved := rate.Float64 / 2
	fmt.Printf("%.0f%% of peak\n", 100*achieved/rate.Float64)
	// Output: 50% of peak
}
