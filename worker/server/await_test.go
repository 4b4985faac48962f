package server

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/kernels"
)

// A source is a holder of the number 1 under every name, which it gives when
// told.
type source struct {
	open chan struct{} // closed: it gives
	gave atomic.Int32
}

func (s *source) Get(wire.Item) (graph.Value, error) {
	<-s.open
	s.gave.Add(1)
	return graph.Encode(1)
}

func (s *source) Lend(it wire.Item) (graph.Value, func(), error) {
	v, err := s.Get(it)
	return v, func() {}, err
}

func (s *source) Put(context.Context, graph.TaskID, graph.Value) error {
	return errors.New("it takes nothing")
}
func (s *source) Allocator() kernels.Allocator { return kernels.DefaultAllocator() }
func (s *source) Copies() kernels.Allocator    { return kernels.DefaultAllocator() }

func TestAValueIsHandedOn(t *testing.T) {
	src := &source{open: make(chan struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := wire.NewDataServer(l, src, 0)
	defer d.Stop(0)
	s := newScript(t, "")
	start(t, s, func(o *Options) { o.Name = "b" })
	b := s.worker()
	start(t, s, func(o *Options) { o.Name = "c" })
	c := s.worker()
	peers := []*pb.Peer{{Worker: 7, Name: "source", Address: l.Addr().String()}, {Worker: 2, Name: "b", Address: b.hello.Address}}
	b.send(&pb.ToWorker{Peers: peers[:1]})
	c.send(&pb.ToWorker{Peers: peers})

	b.run(3, sum, whole(1, 7))
	b.run(5, one)
	b.done(5) // so it asks the source by now
	handed := whole(1, 7)
	handed.First = 2
	c.run(4, sum, handed)
	c.run(6, one)
	c.done(6) // so it waits for b
	close(src.open)
	b.done(3)
	c.done(4)
	if n := c.number(4); n != 1 || src.gave.Load() != 1 {
		t.Errorf("the sum is %d, and the source gave %d times", n, src.gave.Load())
	}

	other := whole(8, 7) // b has not heard of it
	other.First = 2
	c.run(9, sum, other)
	c.done(9)
	if n := src.gave.Load(); n != 2 {
		t.Errorf("the source gave %d times", n)
	}
}
