package devicetest

import (
	"bytes"
	"runtime"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/kernels"
)

// testRandom makes parts of random arrays beside package kernels, bit by bit.
func testRandom(b *bench) {
	for t, dt := range dtypes {
		for dist := kernels.Uniform; dist <= kernels.Integers; dist++ {
			if t == device.Bool || dist != kernels.Integers && !t.Float() {
				continue
			}
			s := kernels.RandomSpec{
				Dist: dist, DType: dt, Seed: 1<<63 + 7, Stream: 1<<40 + 3, A: 2, B: 200,
				Global: []int{1 << 33, 5, 70}, Shape: []int{30, 3, 41}, Offset: []int{1 << 32, 1, 20},
			}
			randomAgrees(b, t, s)
			s.Global, s.Shape, s.Offset = nil, nil, nil
			randomAgrees(b, t, s)
		}
	}
}

func randomAgrees(b *bench, t device.Type, s kernels.RandomSpec) {
	b.t.Helper()
	want, err := kernels.Random(kernels.DefaultAllocator(), s)
	must(b.t, err)
	defer want.Release()
	wide := func(xs []int) (ys []int64) {
		for _, x := range xs {
			ys = append(ys, int64(x))
		}
		return ys
	}
	r := device.Random{
		Dist: device.Dist(s.Dist), Type: t, Seed: s.Seed, Stream: s.Stream, A: s.A, B: s.B,
		Shape: wide(s.Shape), Offset: wide(s.Offset), Whole: wide(s.Global),
	}
	size := len(kernels.Payload(want))
	dst, table := b.alloc(size), put(b, r.Table())
	defer b.free(dst, table)
	b.launch(r.Launch(dst, table))
	if got := get[byte](b, dst, size); !bytes.Equal(got, kernels.Payload(want)) {
		if s.Dist == kernels.Normal && runtime.GOARCH != "amd64" {
			b.t.Skip("package math of Go fuses operations on this processor")
		}
		b.t.Fatalf("%v numbers of %v are not those of package kernels", s.Dist, t)
	}
}
