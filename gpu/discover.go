package gpu

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/cuda"
	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/fake"
)

// ErrNoDriver: the program is built without the tag cuda, or the machine has
// no CUDA driver.
var ErrNoDriver = cuda.ErrNoDriver

// Device is what a lane drives; see package device.
type Device = device.Device

// Info says which device it is.
type Info = device.Info

// Traffic counts what went to and from a device.
type Traffic = device.Traffic

// FakeOptions describe a fake device.
type FakeOptions = fake.Options

// Options describe how devices are used.
type Options struct {
	// Limit is how much memory of each device may be in use at a time, in
	// bytes; 0 is nine tenths of what is free when it is opened.
	Limit int64
	// Host is how many bytes of host memory blocks of each device may take that
	// its memory has no room for; 0 is none. See [Lane.LimitHost].
	Host int64
	// CuBLAS is the path or name of the cuBLAS that multiplies matrices. The empty
	// string looks for one by name, and where there is none the kernels here
	// multiply; "none" leaves it to them. Info.Products says which it is.
	CuBLAS string
	// TF32 lets cuBLAS round the factors of float32 products to 10 bits of
	// fraction. It wants cuBLAS.
	TF32 bool
}

// Discover returns the devices that this process may use, in the order of
// their ordinals; CUDA_VISIBLE_DEVICES chooses among them. The error wraps
// ErrNoDriver where there is no way to have one, and says why.
func Discover() ([]Info, error) { return cuda.List() }

// Open returns a lane for each device of Discover. On error there are none.
func Open(o Options) (lanes []*Lane, err error) {
	infos, err := Discover()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err == nil {
			return
		}
		for _, l := range lanes {
			err = errors.Join(err, l.Close())
		}
		lanes = nil
	}()
	for _, in := range infos {
		d, err := cuda.Open(in.Ordinal, cuda.Options{Limit: o.Limit, CuBLAS: o.CuBLAS, TF32: o.TF32})
		if err != nil {
			return lanes, err
		}
		l, err := NewLane(d)
		if err != nil {
			return lanes, fmt.Errorf("%w; closing: %w", err, d.Close())
		}
		l.LimitHost(o.Host)
		lanes = append(lanes, l)
	}
	return lanes, nil
}

// Fake returns a device in host memory that behaves as a device does, and in
// which faults can be planted. It is not among those of Discover.
func Fake(o FakeOptions) *fake.Device { return fake.New(o) }
