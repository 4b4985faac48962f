package devicetest_test

import (
	"fmt"
	"testing"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/devicetest"
	"github.com/ashlar-go/ashlar/gpu/fake"
)

// The test of a device is one line.
func Example() {
	test := func(t *testing.T) {
		devicetest.Run(t, func(*testing.T) device.Device { return fake.New(fake.Options{}) })
	}
	ok := testing.RunTests(func(_, _ string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: "TestDevice", F: test}})
	fmt.Println("passes:", ok)
	// Output: passes: true
}
