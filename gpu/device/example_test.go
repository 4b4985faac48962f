package device_test

import (
	"encoding/binary"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/fake"
)

// Three numbers are set on a device and copied to the host.
func Example() {
	d := fake.New(fake.Options{})
	s, _ := d.NewStream()
	p, _ := d.Alloc(12)

	host := make([]byte, 12)
	_ = s.Launch(device.Fill(p, 3, 4, 7))
	_ = s.CopyOut(host, p)
	if err := s.Synchronize(); err != nil {
		fmt.Println(err)
	}
	for i := range 3 {
		fmt.Println(binary.LittleEndian.Uint32(host[4*i:]))
	}
	d.Free(p, s)
	fmt.Println(s.Close(), d.Close())
	// Output:
	// 7
	// 7
	// 7
	// <nil> <nil>
}
