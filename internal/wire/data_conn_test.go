package wire

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/connectivity"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// TestConnectionsOfTheDeadAreClosed: holders come and go; who fetches from the
// next does not keep the connections of those that were.
func TestConnectionsOfTheDeadAreClosed(t *testing.T) {
	c := remoteClient(t)
	for range 5 {
		s, address, d := serveShelf(t)
		s.has[1] = graph.Raw("value")
		fetch := func() error {
			_, err := c.Fetch(context.Background(), address, []Item{{1, -1}}, kernels.DefaultAllocator())
			return err
		}
		if err := fetch(); err != nil {
			t.Fatal(err)
		}
		d.Stop(0)
		for end := time.Now().Add(10 * time.Second); c.conns.connected() > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the connection does not notice that its holder is gone")
			}
		}
	}
	if n := len(c.conns.at); n != 1 {
		t.Errorf("%d connections are kept", n)
	}
}

// connected counts the connections that work.
func (t *dataConns) connected() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.at {
		if c.cc.GetState() == connectivity.Ready {
			n++
		}
	}
	return n
}
