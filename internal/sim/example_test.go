package sim_test

import (
	"fmt"

	"github.com/ashlar-go/ashlar/internal/sim"
)

// The same seed gives the same run, down to the last event.
func Example() {
	a, err := sim.Run(sim.Config{Seed: 7})
	if err != nil {
		fmt.Println(err)
	}
	b, _ := sim.Run(sim.Config{Seed: 7})
	fmt.Println(a.Ready > 0, a.Crashes > 0, a == b)
	// Output: true true true
}
