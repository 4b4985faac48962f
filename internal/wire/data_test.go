package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// A shelf is a Holder in a map.
type shelf struct {
	mem kernels.Allocator
	mu  sync.Mutex
	has map[graph.TaskID]graph.Value
	get func(Item) error // says no, if not nil
}

func (s *shelf) Get(it Item) (graph.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.get != nil {
		if err := s.get(it); err != nil {
			return nil, err
		}
	}
	v := s.has[it.Task]
	if v == nil {
		return nil, ErrAbsent
	}
	v, err := graph.PartOf(v, it.Part)
	if err != nil {
		return nil, err
	}
	v.Retain()
	return v, nil
}

func (s *shelf) Lend(it Item) (graph.Value, func(), error) {
	v, err := s.Get(it)
	return v, func() {}, err
}

func (s *shelf) Put(_ context.Context, task graph.TaskID, v graph.Value) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.has[task] != nil {
		v.Release()
		return nil
	}
	s.has[task] = v
	return nil
}

func (s *shelf) Allocator() kernels.Allocator { return s.mem }
func (s *shelf) Copies() kernels.Allocator    { return s.mem }

// serveShelf serves an empty shelf until the test ends.
func serveShelf(t testing.TB) (s *shelf, address string, d *DataServer) {
	t.Helper()
	s = &shelf{mem: kerneltest.Alloc(t), has: map[graph.TaskID]graph.Value{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d = NewDataServer(l, s, 0)
	ended := make(chan error, 1)
	go func() { ended <- d.Serve() }()
	t.Cleanup(func() {
		d.Stop(time.Second)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for _, v := range s.has {
			v.Release()
		}
	})
	return s, l.Addr().String(), d
}

func remoteClient(t testing.TB) *DataClient {
	c := NewDataClient(DataOptions{Remote: true})
	t.Cleanup(c.Close)
	return c
}

func block(t testing.TB, mem kernels.Allocator, n int) *kernels.Block {
	t.Helper()
	b, err := kernels.NewBlock(mem, kernels.Float64, n)
	if err != nil {
		t.Fatal(err)
	}
	for i, xs := 0, kernels.Data[float64](b); i < n; i++ {
		xs[i] = float64(i) * 1.5
	}
	return b
}

func TestFetchOverTheNetwork(t *testing.T) {
	s, address, d := serveShelf(t)
	s.has[1] = block(t, s.mem, 3<<20/8) // three messages
	s.has[2] = graph.Raw("hello")
	s.has[3] = graph.List{block(t, s.mem, 5), graph.Raw("part")}
	mem := kerneltest.Alloc(t)
	c := remoteClient(t)
	items := []Item{{2, -1}, {1, -1}, {9, -1}, {3, 1}, {3, 0}, {3, -1}, {3, 2}}
	as, err := c.Fetch(context.Background(), address, items, mem)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(as[0].Value.(graph.Raw)); got != "hello" {
		t.Errorf("raw: %q", got)
	}
	want, got := kernels.Data[float64](s.has[1].(*kernels.Block)), kernels.Data[float64](as[1].Value.(*kernels.Block))
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("element %d is %v, not %v", i, got[i], want[i])
		}
	}
	if !errors.Is(as[2].Err, ErrAbsent) {
		t.Errorf("absent: %v", as[2].Err)
	}
	if got := string(as[3].Value.(graph.Raw)); got != "part" {
		t.Errorf("part 1: %q", got)
	}
	if got := as[4].Value.(*kernels.Block).Size(); got != 5 {
		t.Errorf("part 0 has %d elements", got)
	}
	if got := len(as[5].Value.(graph.List)); got != 2 {
		t.Errorf("whole list has %d parts", got)
	}
	if !errors.Is(as[6].Err, ErrTravel) {
		t.Errorf("part 2 of 2: %v", as[6].Err)
	}
	for _, a := range as {
		if a.Value != nil {
			a.Value.Release()
		}
	}
	if c.Fetched() < 3<<20 || d.Served() < 3<<20 {
		t.Errorf("fetched %d, served %d bytes", c.Fetched(), d.Served())
	}
}

func TestPutOverTheNetwork(t *testing.T) {
	s, address, _ := serveShelf(t)
	mem := kerneltest.Alloc(t)
	b := block(t, mem, 1<<18)
	defer b.Release()
	if err := remoteClient(t).Put(context.Background(), address, 7, b); err != nil {
		t.Fatal(err)
	}
	got := s.has[7].(*kernels.Block)
	if got.Size() != b.Size() || kernels.At[float64](got, 100) != 150 {
		t.Errorf("arrived: %v", got)
	}
}

func TestInOneProcessReferencesAreHandedOver(t *testing.T) {
	s, address, d := serveShelf(t)
	b := block(t, s.mem, 100)
	s.has[1] = b
	c := NewDataClient(DataOptions{})
	defer c.Close()
	as, err := c.Fetch(context.Background(), address, []Item{{1, -1}}, nil)
	if err != nil || as[0].Value != graph.Value(b) {
		t.Fatalf("got %v, %v; want the very block", as, err)
	}
	as[0].Value.Release()
	if err := c.Put(context.Background(), address, 2, b); err != nil || s.has[2] != graph.Value(b) {
		t.Fatalf("put: %v", err)
	}
	if c.Fetched() != 0 || d.Served() != 0 {
		t.Errorf("fetched %d, served %d bytes, want none", c.Fetched(), d.Served())
	}
}

func TestNobodyAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	as, err := remoteClient(t).Fetch(context.Background(), l.Addr().String(), []Item{{1, -1}}, kerneltest.Alloc(t))
	if !errors.Is(err, ErrPeer) || !errors.Is(as[0].Err, ErrPeer) {
		t.Errorf("error %v, answer %v", err, as[0])
	}
}

func TestBusyHolder(t *testing.T) {
	s, address, _ := serveShelf(t)
	s.get = func(Item) error { return fmt.Errorf("full: %w", ErrBusy) }
	as, err := remoteClient(t).Fetch(context.Background(), address, []Item{{1, -1}}, kerneltest.Alloc(t))
	if err != nil || !errors.Is(as[0].Err, ErrBusy) {
		t.Errorf("error %v, answer %v", err, as[0])
	}
}

// TestHolderDiesInTheMiddle: what was complete is there, the rest says why not,
// and neither side keeps memory.
func TestHolderDiesInTheMiddle(t *testing.T) {
	s, address, d := serveShelf(t)
	s.has[1], s.has[2] = graph.Raw("first"), block(t, s.mem, 64<<20/8)
	s.get = func(it Item) error {
		if it.Task == 2 {
			go d.s.Stop()
		}
		return nil
	}
	as, err := remoteClient(t).Fetch(context.Background(), address, []Item{{2, -1}, {1, -1}}, kerneltest.Alloc(t))
	if err == nil {
		t.Skip("the transfer was faster than the end of the server")
	}
	if !errors.Is(err, ErrPeer) || as[1].Value != nil {
		t.Errorf("error %v, answers %v", err, as)
	}
}

func TestFetchIsCancelled(t *testing.T) {
	s, address, _ := serveShelf(t)
	s.has[1] = block(t, s.mem, 64<<20/8)
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	s.get = func(Item) error { cancel(stop); return nil }
	if _, err := remoteClient(t).Fetch(ctx, address, []Item{{1, -1}}, kerneltest.Alloc(t)); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}
