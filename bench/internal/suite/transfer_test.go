package suite

import (
	"context"
	"net"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
)

// What the cases of the suite compare: the bytes of a raw stream, the sum of a
// block, and what a data service gives and lacks.
func TestTransferParts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go serveRaw(l, make([]byte, 1<<20))
	if n, err := readRaw(t.Context(), l.Addr().String(), 1<<20); n != 1<<20 || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
	if n, err := readRaw(t.Context(), l.Addr().String(), 1<<20+1); err == nil {
		t.Errorf("read %d bytes, which were not there", n)
	}

	b, err := fill(context.Background(), 8*5003)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	want := 0.0
	for i, x := range kernels.Data[float64](b) {
		if want += x; x != float64(i%1024) {
			t.Fatalf("element %d is %v", i, x)
		}
	}
	if got, err := sumUp(t.Context(), b); err != nil || got.Sum != want {
		t.Errorf("the sum is %v, want %v; %v", got.Sum, want, err)
	}

	s := shelf{7: graph.Raw("x")}
	if v, err := s.Get(wire.Item{Task: 7, Part: -1}); err != nil || string(v.(graph.Raw)) != "x" {
		t.Errorf("got %v, %v", v, err)
	}
	if _, err := s.Get(wire.Item{Task: 8, Part: -1}); err == nil {
		t.Error("got what is not there")
	}
}
