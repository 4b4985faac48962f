package check_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/gpu/check"
)

// A device in host memory passes, as a real one must.
func ExampleOps() {
	lane, err := gpu.NewLane(gpu.Fake(gpu.FakeOptions{}))
	if err != nil {
		panic(err)
	}
	defer lane.Close()
	wrong := 0
	for _, r := range check.Ops(context.Background(), lane) {
		if r.Err != nil {
			wrong++
		}
	}
	fmt.Println("wrong:", wrong)
	// Output: wrong: 0
}
