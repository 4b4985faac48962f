package server

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/kernels"
)

// A broken holder has no value, for a reason of its own.
type broken struct {
	why   error
	asked atomic.Int64
}

func (b *broken) Get(wire.Item) (graph.Value, error) {
	b.asked.Add(1)
	return nil, b.why
}

func (b *broken) Lend(it wire.Item) (graph.Value, func(), error) {
	v, err := b.Get(it)
	return v, nil, err
}

func (b *broken) Put(_ context.Context, _ graph.TaskID, v graph.Value) error {
	v.Release()
	return b.why
}

func (b *broken) Allocator() kernels.Allocator { return kernels.DefaultAllocator() }
func (b *broken) Copies() kernels.Allocator    { return kernels.DefaultAllocator() }

// serveBroken serves b within this process.
func serveBroken(t *testing.T, b *broken) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := wire.NewDataServer(l, b, 0)
	t.Cleanup(func() { d.Stop(0) })
	return l.Addr().String()
}

// TestABrokenHolderIsNotAskedForEver: what a holder cannot read is missing.
func TestABrokenHolderIsNotAskedForEver(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	b := &broken{why: errors.New("the disk is broken")}
	w.send(&pb.ToWorker{Peers: []*pb.Peer{{Worker: 1, Address: serveBroken(t, b)}}})
	w.run(3, sum, whole(7, 1))
	m := w.wait("7 is missing", func(m *pb.FromWorker) bool { return len(m.Missing) > 0 }).Missing[0]
	if m.Task != 3 || m.Dep != 7 || b.asked.Load() != 1 {
		t.Errorf("missing: %v after asking %d times", m, b.asked.Load())
	}
}

// TestWithoutMemoryItIsFetchedLater, and not at once again and again.
func TestWithoutMemoryItIsFetchedLater(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	b := &broken{why: kernels.ErrMemory}
	w.send(&pb.ToWorker{Peers: []*pb.Peer{{Worker: 1, Address: serveBroken(t, b)}}})
	w.run(3, sum, whole(7, 1))
	time.Sleep(300 * time.Millisecond)
	if n := b.asked.Load(); n < 1 || n > 10 {
		t.Errorf("it was asked %d times", n)
	}
}

var (
	begun  = make(chan struct{})
	finish = make(chan struct{})
	late   = op("test.late", func(ctx context.Context, _ *graph.Call) (graph.Value, error) {
		begun <- struct{}{}
		<-finish
		b, err := kernels.Zeros(kernels.AllocatorFrom(ctx), kernels.Float64, 100)
		if err == nil {
			kernels.Payload(b)[0] = 1
		}
		return b, err
	})
)

// TestAResultThatIsHereAlready: the value that was here first stays, and what is
// said of the other is not read from memory that is gone.
func TestAResultThatIsHereAlready(t *testing.T) {
	s := newScript(t, "")
	start(t, s, nil)
	w := s.worker()
	w.run(1, late)
	<-begun
	d := wire.NewDataClient(wire.DataOptions{})
	defer d.Close()
	first, err := kernels.Zeros(kernels.DefaultAllocator(), kernels.Float64, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Release()
	if err := d.Put(context.Background(), w.hello.Address, 1, first); err != nil {
		t.Fatal(err)
	}
	finish <- struct{}{}
	m := w.wait("1 is done", func(m *pb.FromWorker) bool { return len(m.DoneTask) == 1 })
	if len(m.DoneInline) == 0 {
		return // whoever wants it asks for it
	}
	v, err := wire.FromInline(m.DoneInline, kernels.DefaultAllocator())
	if err != nil {
		t.Fatal(err)
	}
	defer v.Release()
	if got := v.(*kernels.Block); kernels.Payload(got)[0] != 0 {
		t.Error("another value was reported than the one that is here")
	}
}
