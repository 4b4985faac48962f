package wire

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// hungHolder is a socket of a holder that hangs: connections are taken by the
// system, and nobody says anything.
func hungHolder(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	u, err := shareListen(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Close() })
	return l.Addr().String()
}

// TestAHungHolderDelaysNobodyElse: values of others come while one is being
// greeted in vain, and who gives up does not wait for it.
func TestAHungHolderDelaysNobodyElse(t *testing.T) {
	s, mem, address, _ := shareShelf(t)
	s.put(1, block(t, mem, 1000))
	c := sharingClient(t)
	hung := hungHolder(t)
	ctx, giveUp := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := c.Fetch(ctx, hung, []Item{{1, -1}}, mem)
		ended <- err
	}()
	time.Sleep(50 * time.Millisecond) // it is being greeted
	start := time.Now()
	out, err := c.Fetch(context.Background(), address, []Item{{1, -1}}, mem)
	if err != nil {
		t.Fatal(err)
	}
	out[0].Value.Release()
	giveUp()
	if err := <-ended; err == nil {
		t.Error("a value came from nowhere")
	}
	if took := time.Since(start); took > shareGrace/2 {
		t.Errorf("it took %v", took)
	}
}

// TestCloseEndsWhatAHungHolderHas: who has nothing of a holder does not keep its
// connection because a request is not answered.
func TestCloseEndsWhatAHungHolderHas(t *testing.T) {
	s, _, address, _ := shareShelf(t)
	c := NewDataClient(DataOptions{})
	s.mu.Lock() // the holder hangs in Get
	defer s.mu.Unlock()
	conn := c.shared.get(context.Background(), address)
	if conn == nil {
		t.Fatal("no connection")
	}
	call, err := conn.ask([]Item{{graph.TaskID(1), -1}})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	select {
	case <-conn.broken:
	case <-time.After(10 * time.Second):
		t.Fatal("the connection stays")
	}
	if _, err := conn.next(context.Background(), call, time.NewTimer(time.Minute)); err == nil {
		t.Error("an answer came")
	}
}
