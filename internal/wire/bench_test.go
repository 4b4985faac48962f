package wire

import (
	"context"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// BenchmarkFetch measures one block of 64 MiB over loopback, and many small
// values in one request.
func BenchmarkFetch(b *testing.B) {
	s, address, _ := serveShelf(b)
	s.mem = kernels.DefaultAllocator()
	s.has[1] = block(b, s.mem, 64<<20/8)
	var small []Item
	for i := range graph.TaskID(1000) {
		s.has[10+i] = graph.Raw("a small value")
		small = append(small, Item{10 + i, -1})
	}
	c := remoteClient(b)
	for _, x := range []struct {
		name  string
		items []Item
		bytes int64
	}{{"block", []Item{{1, -1}}, 64 << 20}, {"small", small, 0}} {
		b.Run(x.name, func(b *testing.B) {
			b.SetBytes(x.bytes)
			for b.Loop() {
				as, err := c.Fetch(context.Background(), address, x.items, kernels.DefaultAllocator())
				if err != nil {
					b.Fatal(err)
				}
				for _, a := range as {
					a.Value.Release()
				}
			}
		})
	}
}
