package cuda_test

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/cuda"
)

// A program runs on any machine, and learns whether there are devices.
func ExampleList() {
	infos, err := cuda.List()
	if err != nil && !errors.Is(err, cuda.ErrNoDriver) {
		fmt.Println(err)
	}
	fmt.Println("devices or a reason:", len(infos) > 0 || err != nil)
	// Output: devices or a reason: true
}
