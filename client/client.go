package client

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// farewell is how long Close waits for the scheduler to hear it.
const farewell = 2 * time.Second

// A Client is a session with a scheduler. Its methods may be called from any
// goroutine.
type Client struct {
	settings settings
	address  string
	self     wire.Identity
	session  uint64
	data     *wire.DataClient

	cancel context.CancelFunc // ends the supervisor
	down   chan struct{}      // closed when the session is over
	over   chan struct{}      // closed when the supervisor has ended
	late   sync.WaitGroup     // bringings given up before the scheduler answered

	mu       sync.Mutex
	err      error // why the session is over; set before down is closed
	closing  bool
	out      outgoing
	received uint64 // seq of the last message that was acted on
	timing   *pb.Welcome
	wants    wants
	spare    []want                  // not yet given out
	kept     map[[16]byte]*persisted // by the key of an output
	peers    map[uint32]peer
	limits   limits
	asked    map[uint32]chan *pb.ToClient // by request number
	requests uint32
	claims   map[uint32]*claim // by request number: locks, queues and the like
}

// A peer is a worker, as the scheduler introduced it.
type peer struct{ name, host, address string }

var _ graph.Runner = (*Client)(nil)

// Connect opens a session with the scheduler at address, host:port. The error
// wraps ErrUnreachable if nobody answers, and ErrRefused, with the reason, if
// the scheduler does not take this program. The session lasts until Close; ctx
// bounds only the connecting.
func Connect(ctx context.Context, address string, opts ...Option) (*Client, error) {
	self, err := wire.Self()
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	set := newSettings(opts)
	pack, err := wire.ParsePacking(set.compress)
	if err != nil {
		return nil, fmt.Errorf("client: compress: %w", err)
	}
	c := &Client{
		settings: set, address: address, self: self, session: rand.Uint64() | 1,
		data: wire.NewDataClient(wire.DataOptions{Checksums: set.checksums, Pack: pack}),
		down: make(chan struct{}), over: make(chan struct{}), out: newOutgoing(),
		kept: map[[16]byte]*persisted{}, peers: map[uint32]peer{}, asked: map[uint32]chan *pb.ToClient{},
		claims: map[uint32]*claim{},
	}
	dialCtx, cancel := context.WithTimeout(ctx, c.settings.dial)
	defer cancel()
	talk, err := c.open(dialCtx, false)
	if err != nil {
		c.data.Close()
		return nil, fmt.Errorf("client: %w", err)
	}
	var life context.Context
	life, c.cancel = context.WithCancel(context.Background())
	go c.supervise(life, talk)
	return c, nil
}

// Address returns the scheduler's address.
func (c *Client) Address() string { return c.address }

// Close ends the session: everything that this client wanted is released, and
// every wait returns ErrClosed. It returns when nothing of the client runs any
// more.
func (c *Client) Close() error {
	c.mu.Lock()
	first := !c.closing
	c.closing = true
	if first && c.err == nil {
		c.say(&pb.FromClient{Leaving: true})
	}
	c.mu.Unlock()
	if first {
		select {
		case <-c.over: // the scheduler ended the stream in answer
		case <-time.After(farewell):
		}
		c.cancel()
	}
	<-c.over
	c.late.Wait()
	return nil
}

// fail ends the session: whatever waits learns why.
func (c *Client) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	if c.closing {
		c.err = fmt.Errorf("client: %w", ErrClosed)
	} else {
		c.settings.log.Warn("session with the scheduler is over", "address", c.address, "error", err)
	}
	close(c.down)
	for _, w := range c.wants.all() {
		if w.state == pending {
			w.settle(failed, c.err)
		}
	}
	for _, cl := range c.claims {
		if cl.over != nil {
			cl.over(c.err)
		}
	}
}

// alive returns why the session is over, if it is. The caller holds the lock.
func (c *Client) alive() error {
	if c.err == nil && c.closing {
		return fmt.Errorf("client: %w", ErrClosed)
	}
	return c.err
}
