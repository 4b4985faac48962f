package fake_test

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/fake"
	"github.com/ashlar-go/ashlar/graph"
)

// The second allocation finds no memory, and the device goes on.
func ExampleDevice_Inject() {
	d := fake.New(fake.Options{})
	s, _ := d.NewStream()
	d.Inject(fake.OutOfMemory, 2)
	p, err := d.Alloc(8)
	fmt.Println(p != 0, err)
	_, err = d.Alloc(8)
	fmt.Println(errors.Is(err, graph.ErrMemory))
	d.Free(p, s)
	d.Inject(fake.DeviceLost, 1)
	fmt.Println(errors.Is(s.Synchronize(), device.ErrLost))
	fmt.Println(s.Close(), d.Close())
	// Output:
	// true <nil>
	// true
	// true
	// <nil> <nil>
}
