package wire

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// A gauge counts what is allocated and not freed, and the most there was.
type gauge struct {
	kernels.Allocator
	live, most atomic.Int64
}

func (g *gauge) Allocate(n int) []byte {
	now := g.live.Add(int64(n))
	for most := g.most.Load(); now > most && !g.most.CompareAndSwap(most, now); most = g.most.Load() {
	}
	return g.Allocator.Allocate(n)
}

func (g *gauge) Free(b []byte) {
	g.live.Add(-int64(len(b)))
	g.Allocator.Free(b)
}

// copying is a shelf whose copies are counted.
type copying struct {
	*shelf
	copies *gauge
}

func (c copying) Copies() kernels.Allocator { return c.copies }

// A gate is an allocator that gives nothing until it is opened.
type gate struct {
	kernels.Allocator
	open chan struct{}
	once sync.Once
	met  chan struct{} // closed when somebody waits
}

func (g *gate) Allocate(n int) []byte {
	g.once.Do(func() { close(g.met) })
	<-g.open
	return g.Allocator.Allocate(n)
}

// TestASlowReaderBoundsTheSender: of values that have to be copied to be sent, a
// reader that does not read has the sender copy no more than the transport holds,
// and what it has read is freed before the request ends.
func TestASlowReaderBoundsTheSender(t *testing.T) {
	s, address, d := serveShelf(t)
	g := &gauge{Allocator: kerneltest.Alloc(t)}
	d.h = copying{s, g}
	const values, each = 64, 1 << 20
	b, err := kernels.NewBlock(s.mem, kernels.Float64, 2, each/16)
	if err != nil {
		t.Fatal(err)
	}
	for i, xs := 0, kernels.Data[float64](b); i < len(xs); i++ {
		xs[i] = float64(i)
	}
	turned, err := b.Transpose() // is copied to be sent
	b.Release()
	if err != nil {
		t.Fatal(err)
	}
	s.has[1] = turned
	items := make([]Item, values)
	for i := range items {
		items[i] = Item{1, -1}
	}
	slow := &gate{Allocator: kerneltest.Alloc(t), open: make(chan struct{}), met: make(chan struct{})}
	type result struct {
		as  []Answer
		err error
	}
	done := make(chan result)
	go func() {
		as, err := remoteClient(t).Fetch(context.Background(), address, items, slow)
		done <- result{as, err}
	}()
	<-slow.met
	for last := int64(-1); g.most.Load() != last; time.Sleep(200 * time.Millisecond) { // until no more is copied
		last = g.most.Load()
	}
	// What is on its way to the reader is sent; what waits for the socket, and the
	// next one, are not.
	const room = 8 << 20
	if most := g.most.Load(); most > room || most < each {
		t.Errorf("for a reader that does not read, %d bytes of %d were copied; there is room for %d", most, values*each, room)
	}
	close(slow.open)
	r := <-done
	if r.err != nil {
		t.Fatal(r.err)
	}
	for _, a := range r.as {
		if err := equalValues(turned, a.Value); err != nil {
			t.Fatal(err)
		}
		a.Value.Release()
	}
	if most := g.most.Load(); most > room {
		t.Errorf("%d bytes of %d were copied at a time", most, values*each)
	}
	for end := time.Now().Add(5 * time.Second); g.live.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes of copies are left", g.live.Load())
		}
	}
}
