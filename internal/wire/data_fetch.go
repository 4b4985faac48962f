package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"

	"google.golang.org/grpc"

	"github.com/ashlar-go/ashlar/kernels"
)

var bothWays = &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}

// fetch fills out and returns how many answers came.
func (c *DataClient) fetch(ctx context.Context, cc *dataConn, items []Item, mem kernels.Allocator, out []Answer) (n int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	st, err := cc.cc.NewStream(ctx, bothWays, fetchMethod)
	if err != nil {
		return 0, err
	}
	want, land := c.wants(cc), cc.lands.expect()
	defer cc.lands.end(land)
	want.token = land.token
	if err := sendItems(st, want, items); err != nil && !errors.Is(err, io.EOF) { // the reason of an EOF is in what is received
		return 0, err
	}
	r := &frameReader{recv: st.RecvMsg, land: land, done: st.Context().Done()}
	t := &taker{limit: c.o.Limit, mem: mem, sums: want.sums}
	if want.sides {
		t.beside = func(number uint64, in *incoming) (bool, error) { return c.besideOf(ctx, st, cc.address, number, in) }
	}
	defer func() {
		r.close()
		c.fetched.Add(r.bytes)
		cc.link.measure(t, want)
	}()
	if err := r.expect(land.token); err != nil {
		return 0, err
	}
	for ; n < len(items); n++ {
		if out[n], err = r.answer(t); err != nil {
			return n, cutOff(err)
		}
		if errors.Is(out[n].Err, ErrDamaged) {
			out[n].Err = fmt.Errorf("wire: %v from %s: %w", items[n], cc.address, out[n].Err)
		}
	}
	return n, nil
}

// String names the item in errors.
func (it Item) String() string {
	if it.Part < 0 {
		return fmt.Sprintf("the value of task %v", it.Task)
	}
	return fmt.Sprintf("part %d of the value of task %v", it.Part, it.Task)
}

func sendItems(st grpc.ClientStream, want wants, items []Item) error {
	head := want.append(make([]byte, 0, 24+12*len(items)))
	head = appendNumber(head, uint64(len(items)))
	for _, it := range items {
		head = appendNumber(head, uint64(it.Task))
		head = appendNumber(head, uint64(max(it.Part, -1)+1))
	}
	if want.sides { // more is to be said
		return sendBytes(st, head)
	}
	return sendOnly(st, head)
}

// sendBytes sends one message.
func sendBytes(st grpc.ClientStream, b []byte) error {
	w := &frameWriter{send: st.SendMsg}
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.flush()
}

// sendOnly sends one message, the only one.
func sendOnly(st grpc.ClientStream, b []byte) error {
	if err := sendBytes(st, b); err != nil {
		return err
	}
	return st.CloseSend()
}

// besideOf brings a value beside the stream that announced it, and says there
// whether it came.
func (c *DataClient) besideOf(ctx context.Context, st grpc.ClientStream, address string, number uint64, in *incoming) (came bool, err error) {
	word := sideCame
	switch err := c.beside(ctx, address, number, in); {
	case errors.Is(err, errNoSide):
		word = sideNone
	case err != nil:
		return false, err
	}
	return word == sideCame, sendBytes(st, []byte{word})
}

// wants is how values are to come over a connection.
func (c *DataClient) wants(cc *dataConn) wants { return c.wantsOf(cc, &cc.link) }

// wantsOf is how they are to go one way.
func (c *DataClient) wantsOf(cc *dataConn, way *link) wants {
	want := wants{sums: c.o.Checksums, sides: !c.o.noSides && c.sides.tries(cc.address)}
	if host, _, err := net.SplitHostPort(cc.address); c.o.Pack != Unpacked && (c.o.Remote || err == nil && !isThisMachine(host)) {
		want.link = way.speed()
		want.pack = c.o.Pack.on(want.link)
	}
	return want
}

// linkSample is how many bytes must have come to say something about a link.
const linkSample = 1 << 20

// probeEach is after how many transfers that asked for packing one does without,
// to see how fast the link is now.
const probeEach = 16

// A link is how fast a connection is.
type link struct {
	rate  atomic.Int64 // bytes a second; 0: not known
	asked atomic.Int64
}

// speed returns the rate to pack for; 0 is not to.
func (l *link) speed() int {
	if l.asked.Add(1)%probeEach == 0 {
		return 0
	}
	return int(l.rate.Load())
}

// measure learns from what has come. What came packed, or was asked for so, may
// have waited for the packing: then the link is at least that fast.
func (l *link) measure(t *taker, want wants) {
	if t.bytes < linkSample || t.took <= 0 {
		return
	}
	rate := int64(float64(t.bytes) / t.took.Seconds())
	old := l.rate.Load()
	switch {
	case old == 0:
		l.rate.Store(rate)
	case want.packs():
		l.rate.Store(max(old, rate))
	default:
		l.rate.Store((old + rate) / 2)
	}
}
