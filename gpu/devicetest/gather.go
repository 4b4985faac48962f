package devicetest

import (
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
)

type pair [2]uint64

// testGather takes every second column, backwards, of a transposed matrix, in
// elements of every size, and puts them back.
func testGather(b *bench) {
	gathered(b, func(i int) uint8 { return uint8(i) })
	gathered(b, func(i int) uint32 { return uint32(i) * 7 })
	gathered(b, func(i int) uint64 { return uint64(i) << 33 })
	gathered(b, func(i int) pair { return pair{uint64(i), ^uint64(i)} })
}

func gathered[T comparable](b *bench, f func(i int) T) {
	b.t.Helper()
	const rows, cols = 50, 31
	x := make([]T, rows*cols)
	for i := range x {
		x[i] = f(i)
	}
	size := len(raw(x)) / len(x)
	src, dst := put(b, x), b.alloc(size*cols*rows/2)
	g := &device.Gather{Size: size, Shape: []int64{cols, rows / 2}, Strides: []int64{1, -2 * cols}}
	table := put(b, g.Table())
	b.launch(g.Launch(dst, src+device.Ptr(size*(rows-1)*cols), table))
	want := make([]T, 0, cols*rows/2)
	for j := range cols {
		for i := rows - 1; i > 0; i -= 2 {
			want = append(want, x[i*cols+j])
		}
	}
	if got := get[T](b, dst, len(want)); !slices.Equal(got, want) {
		b.t.Fatalf("elements of %d bytes are not those that the strides say", size)
	}
	back := b.alloc(len(raw(x)))
	b.launch(device.Fill(back, int64(len(raw(x))), 1, 0))
	b.launch(g.Scatter(back+device.Ptr(size*(rows-1)*cols), dst, table))
	want = make([]T, len(x))
	for i := rows - 1; i > 0; i -= 2 {
		copy(want[i*cols:(i+1)*cols], x[i*cols:])
	}
	if got := get[T](b, back, len(want)); !slices.Equal(got, want) {
		b.t.Fatalf("scattered elements of %d bytes are not where the strides say", size)
	}
	b.free(src, dst, table, back)
}
