package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// fetchOne fetches the value of task 1, which is want, and returns what is wrong.
func fetchOne(t testing.TB, c *DataClient, address string, want graph.Value) error {
	mem := kerneltest.Alloc(t)
	as, err := c.Fetch(context.Background(), address, []Item{{1, -1}, {2, -1}}, mem)
	if err != nil {
		return err
	}
	if !errors.Is(as[1].Err, ErrAbsent) {
		return fmt.Errorf("the answer behind is %+v", as[1])
	}
	err = equalValues(want, as[0].Value)
	as[0].Value.Release()
	return err
}

// cutSides closes the sides of a holder, as something between the two may.
func cutSides(d *DataServer) {
	d.sides.mu.Lock()
	defer d.sides.mu.Unlock()
	for c := range d.sides.open {
		c.Close()
	}
}

// TestLargeValuesComeBesideGRPC, and small ones do not.
func TestLargeValuesComeBesideGRPC(t *testing.T) {
	s, address, d := serveShelf(t)
	for size, beside := range map[int]bool{sideFrom - 64: false, sideFrom + 8: true, 9<<20 + 8: true} {
		c := clientWith(t, DataOptions{})
		if old := s.has[1]; old != nil {
			old.Release()
		}
		s.has[1] = block(t, s.mem, size/8)
		if err := fetchOne(t, c, address, s.has[1]); err != nil {
			t.Fatal(err)
		}
		if got := len(c.sides.idle[address]) > 0; got != beside {
			t.Errorf("%d bytes came beside gRPC: %t", size, got)
		}
		if n := int64(size); c.Fetched() < n || c.Fetched() > n+4096 {
			t.Errorf("for %d bytes %d came", size, c.Fetched())
		}
	}
	if len(d.outgoing.at) > 0 {
		t.Errorf("%d values are still on their way", len(d.outgoing.at))
	}
}

// TestNoSide: where no side can be connected the stream brings the value, and for
// a while the holder is asked for none.
func TestNoSide(t *testing.T) {
	s, address, _ := serveShelf(t)
	s.has[1] = block(t, s.mem, 5<<20/8)
	c := clientWith(t, DataOptions{Streams: 1})
	tried := 0
	c.sides.dial = func(context.Context, string) (*sideConn, error) {
		tried++
		return nil, io.ErrClosedPipe
	}
	for range 3 {
		if err := fetchOne(t, c, address, s.has[1]); err != nil {
			t.Fatal(err)
		}
	}
	if tried != 1 {
		t.Errorf("tried %d times", tried)
	}
	c.sides.rest[address] = time.Now().Add(-time.Second)
	c.sides.dial = dialSide
	if err := fetchOne(t, c, address, s.has[1]); err != nil || len(c.sides.idle[address]) != 1 {
		t.Errorf("after the rest: error %v, %d sides", err, len(c.sides.idle[address]))
	}
}

// TestSideThatWasClosed: a side that was closed while nobody used it is replaced.
func TestSideThatWasClosed(t *testing.T) {
	s, address, d := serveShelf(t)
	s.has[1] = block(t, s.mem, 5<<20/8)
	c := clientWith(t, DataOptions{Streams: 2})
	for range 4 {
		if err := fetchOne(t, c, address, s.has[1]); err != nil {
			t.Fatal(err)
		}
		cutSides(d)
	}
}

// TestSideDies: what it was to bring is missing; the fetch fails, and is made good
// by the next one. Both sides keep nothing.
func TestSideDies(t *testing.T) {
	s, address, d := serveShelf(t)
	s.has[1] = block(t, s.mem, 96<<20/8)
	for _, streams := range []int{1, 2} {
		for i := range int64(4) {
			c := clientWith(t, DataOptions{Streams: streams})
			short := cutAfter(t, address, 1+i*8<<20)
			c.sides.dial = func(ctx context.Context, _ string) (*sideConn, error) { return dialSide(ctx, short) }
			if err := fetchOne(t, c, address, s.has[1]); !errors.Is(err, ErrPeer) {
				t.Errorf("error %v", err)
			}
			if err := fetchOne(t, c, address, s.has[1]); err != nil {
				t.Errorf("again: %v", err)
			}
		}
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		d.outgoing.mu.Lock()
		left := len(d.outgoing.at)
		d.outgoing.mu.Unlock()
		if left == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d values are still on their way", left)
		}
	}
}

// TestCancelledBeside: a fetch that is given up ends at once, and the next is well.
func TestCancelledBeside(t *testing.T) {
	s, address, _ := serveShelf(t)
	s.has[1] = block(t, s.mem, 16<<20/8)
	slow := newStrait(t, address, 1<<20) // all of it would take 16 s
	c, mem := clientWith(t, DataOptions{}), kerneltest.Alloc(t)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	if _, err := c.Fetch(ctx, slow.address(), []Item{{1, -1}}, mem); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("it ended after %v", took)
	}
	if err := fetchOne(t, c, address, s.has[1]); err != nil {
		t.Error(err)
	}
}

// TestStrangersAtTheDoor: who says nothing, or nonsense, keeps nobody out and
// keeps no server from ending.
func TestStrangersAtTheDoor(t *testing.T) {
	s, address, d := serveShelf(t)
	s.has[1] = block(t, s.mem, 2<<20/8)
	for _, says := range []string{"", "ash", "GET / HTTP/1.1\r\nHost: somebody.else\r\n\r\n", sideHello, sideHello + "\x01\x02\x03\x04\x05\x06\x07\x08"} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte(says)); err != nil {
			t.Fatal(err)
		}
		if len(says) == 16 { // a number that is nobody's: nothing comes
			b := make([]byte, 1)
			if _, err := io.ReadFull(c, b); err != nil || !bytes.Equal(b, []byte{0}) {
				t.Errorf("%v, error %v", b, err)
			}
		}
	}
	if err := fetchOne(t, clientWith(t, DataOptions{}), address, s.has[1]); err != nil {
		t.Error(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.Stop(time.Second)
	}()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the server does not end")
	}
}

// cutAfter listens where connections lead to address, and end when so many bytes
// have come from there.
func cutAfter(t *testing.T, address string, n int64) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				far, err := net.Dial("tcp", address)
				if err != nil {
					return
				}
				defer far.Close()
				go io.Copy(far, near) // ends with either
				io.CopyN(near, far, n)
			}()
		}
	}()
	return l.Addr().String()
}
