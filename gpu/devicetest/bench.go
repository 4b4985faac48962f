package devicetest

import (
	"testing"
	"unsafe"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// A bench is a device with one stream, on which a test lays out operands.
type bench struct {
	t *testing.T
	d device.Device
	s device.Stream
}

// Run runs the suite. open returns a device that nobody else uses; it has at
// least 64 MiB.
func Run(t *testing.T, open func(t *testing.T) device.Device) {
	for _, c := range []struct {
		name string
		test func(*bench)
	}{
		{"memory", testMemory},
		{"copies", testCopies},
		{"pinned memory", testPinned},
		{"order", testOrder},
		{"events", testEvents},
		{"fill", testFill},
		{"ramp", testRamp},
		{"gather", testGather},
		{"gemm", testGemm},
		{"triangles", testTrsm},
		{"cholesky", testPotrf},
		{"random", testRandom},
		{"folds", testFolds},
		{"slices", testSlices},
		{"positions", testPositions},
		{"operations", testOperations},
		{"rounding", testRounding},
		{"elements", testElements},
		{"broadcast", testBroadcast},
		{"registers", testRegisters},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t)
			s, err := d.NewStream()
			must(t, err)
			c.test(&bench{t, d, s})
			must(t, s.Close())
			must(t, d.Close())
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func raw[T any](x []T) []byte {
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(t)))
}

func (b *bench) alloc(bytes int) device.Ptr {
	b.t.Helper()
	p, err := b.d.Alloc(int64(bytes))
	must(b.t, err)
	return p
}

func (b *bench) free(ps ...device.Ptr) {
	for _, p := range ps {
		if p != 0 {
			b.d.Free(p, b.s)
		}
	}
}

// put returns the address of a copy of x on the device.
func put[T any](b *bench, x []T) device.Ptr {
	b.t.Helper()
	p := b.alloc(len(raw(x)))
	must(b.t, b.s.CopyIn(p, raw(x)))
	return p
}

// get waits for the stream and returns n elements at p.
func get[T any](b *bench, p device.Ptr, n int) []T {
	b.t.Helper()
	x := make([]T, n)
	must(b.t, b.s.CopyOut(raw(x), p))
	must(b.t, b.s.Synchronize())
	return x
}

func (b *bench) launch(l device.Launch) {
	b.t.Helper()
	must(b.t, b.s.Launch(l))
}
