package flight

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// A shelf is a catalog in memory.
type shelf struct {
	mu   sync.Mutex
	has  map[string]*item
	open int // datasets and uploads that are not closed
}

// An item is one dataset of a shelf, and what a reader of it has.
type item struct {
	s     *shelf
	note  *dataset.Note
	parts []graph.Value
	keys  []graph.Key
	wait  chan struct{} // nil, or the parts come when it is closed
	fail  error
}

func newShelf(t *testing.T) *shelf {
	s := &shelf{has: map[string]*item{}}
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open != 0 {
			t.Errorf("%d datasets and uploads are open", s.open)
		}
		for _, it := range s.has {
			graph.List(it.parts).Release()
		}
	})
	return s
}

// set puts parts, whose references it takes over, under a name.
func (s *shelf) set(name string, note *dataset.Note, parts ...graph.Value) *item {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := &item{s: s, note: note, parts: parts}
	for range parts {
		it.keys = append(it.keys, graph.RandomKey(name))
	}
	if old := s.has[name]; old != nil {
		graph.List(old.parts).Release()
	}
	s.has[name] = it
	return it
}

func (s *shelf) Names(context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for n := range s.has {
		names = append(names, n)
	}
	slices.Sort(names)
	return names, nil
}

func (s *shelf) Open(_ context.Context, name string) (Dataset, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.has[name]
	if it == nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	s.open++
	return it, nil
}

func (it *item) Keys() []graph.Key { return it.keys }

func (it *item) Note(ctx context.Context) (*dataset.Note, error) {
	if it.wait != nil {
		select {
		case <-it.wait:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return it.note, it.fail
}

func (it *item) Value(_ context.Context, part int) (graph.Value, error) {
	it.parts[part].Retain()
	return it.parts[part], nil
}

func (it *item) Close() {
	it.s.mu.Lock()
	defer it.s.mu.Unlock()
	it.s.open--
}

func (s *shelf) Drop(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.has[name]
	if it == nil {
		return fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	graph.List(it.parts).Release()
	delete(s.has, name)
	return nil
}

func (s *shelf) Begin(_ context.Context, name string) (Upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open++
	return &putting{s: s, name: name}, nil
}

// putting is an upload to a shelf.
type putting struct {
	s     *shelf
	name  string
	parts []graph.Value
}

func (p *putting) Add(_ context.Context, v graph.Value) error {
	v.Retain()
	p.parts = append(p.parts, v)
	return nil
}

func (p *putting) Publish(_ context.Context, n *dataset.Note, replace bool) error {
	p.s.mu.Lock()
	taken := p.s.has[p.name] != nil
	p.s.mu.Unlock()
	if taken && !replace {
		return fmt.Errorf("%w: %q", ErrTaken, p.name)
	}
	p.s.set(p.name, n, p.parts...)
	p.parts = nil
	return nil
}

func (p *putting) Close() {
	graph.List(p.parts).Release()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.open--
}

// serve serves a catalog until the test ends, and returns a client of it.
func serve(t testing.TB, c Catalog, o Options, dial ...grpc.DialOption) flight.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := NewServer(c, o)
	if o.listWait > 0 {
		s.listWait = o.listWait
	}
	ended := make(chan error)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Stop(time.Second)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	fc, err := flight.NewClientWithMiddleware(l.Addr().String(), nil, nil, append(dial, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fc.Close() })
	return fc
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
