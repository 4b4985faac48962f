package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

const (
	redialFirst = 50 * time.Millisecond
	redialMost  = time.Second
	// silentBeats is how many heartbeats of the scheduler may be missing.
	silentBeats = 5
)

// A talk is one connection of the session.
type talk struct {
	conn   *wire.ControlConn
	stream pb.Control_ClientClient
	cancel context.CancelFunc
	heard  atomic.Int64 // unix nanoseconds
}

func (t *talk) close() {
	t.cancel()
	t.conn.Close()
}

// open connects, says hello and is welcomed. With resume it goes on with the
// session.
func (c *Client) open(ctx context.Context, resume bool) (*talk, error) {
	conn, err := wire.DialControl(ctx, c.address)
	if err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(context.Background())
	t := &talk{conn: conn, cancel: cancel}
	// Until the welcome, the stream also ends with ctx.
	stop := context.AfterFunc(ctx, cancel)
	w, err := c.greet(life, t, resume)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		t.close()
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: nothing that answers as one listens at %s: %w", ErrUnreachable, c.address, context.Cause(ctx))
		}
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timing = w
	c.out.rewind(w.Received)
	t.heard.Store(time.Now().UnixNano())
	return t, nil
}

func (c *Client) greet(ctx context.Context, t *talk, resume bool) (*pb.Welcome, error) {
	var err error
	if t.stream, err = t.conn.Client(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	hello := &pb.ClientHello{
		Identity: wire.IdentityToPB(c.self), Name: c.settings.name, Session: c.session,
		Resume: resume, Received: c.received, Observer: c.settings.observer,
	}
	c.mu.Unlock()
	// A send error says nothing: what is wrong comes with the receive.
	_ = t.stream.Send(&pb.FromClient{Hello: hello})
	m, err := t.stream.Recv()
	if err != nil {
		return nil, t.conn.Explain(err)
	}
	if m.GetWelcome() == nil || m.Welcome.HeartbeatNanos <= 0 {
		return nil, fmt.Errorf("the scheduler at %s does not welcome: it speaks another protocol", c.address)
	}
	return m.Welcome, nil
}

// supervise keeps the session going until it is over.
func (c *Client) supervise(ctx context.Context, t *talk) {
	defer close(c.over)
	defer c.data.Close()
	for {
		err := c.converse(ctx, t)
		t.close()
		c.mu.Lock()
		closing := c.closing
		c.mu.Unlock()
		if closing || ctx.Err() != nil || errors.Is(err, ErrRefused) || errors.Is(err, errGoodbye) {
			c.fail(err)
			return
		}
		c.settings.log.Warn("connection to the scheduler is lost; trying again", "address", c.address, "error", err)
		if t, err = c.reopen(ctx, err); err != nil {
			c.fail(err)
			return
		}
	}
}

var errGoodbye = errors.New("the scheduler said goodbye")

// reopen tries to go on with the session until it is certain, or was tried long
// enough.
func (c *Client) reopen(ctx context.Context, cause error) (*talk, error) {
	c.mu.Lock()
	patience := min(c.settings.reconnect, time.Duration(c.timing.LeaseNanos))
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for wait := redialFirst; ; wait = min(2*wait, redialMost) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("client: %w: no way back to the scheduler at %s within %v (%v)",
				ErrDisconnected, c.address, patience, cause)
		}
		t, err := c.open(ctx, true)
		if err == nil {
			return t, nil
		}
		if errors.Is(err, ErrRefused) {
			return nil, fmt.Errorf("client: %w: %s: %w", ErrDisconnected, c.address, err)
		}
		cause = err
	}
}

// converse sends and receives until the connection ends, and returns why.
func (c *Client) converse(ctx context.Context, t *talk) error {
	c.mu.Lock()
	beat := time.Duration(c.timing.HeartbeatNanos)
	c.mu.Unlock()
	var both sync.WaitGroup
	ended := make(chan error, 1)
	quit := make(chan struct{})
	both.Go(func() { ended <- c.listen(t) })
	both.Go(func() { c.talk(t, beat, quit) })
	err := c.watch(ctx, t, beat, ended)
	close(quit)
	t.cancel()
	both.Wait()
	return err
}

// watch returns when the connection has ended, is to end, or is silent.
func (c *Client) watch(ctx context.Context, t *talk, beat time.Duration, ended <-chan error) error {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case now := <-tick.C:
			if now.Sub(last) > 2*beat {
				// This process was stopped; what looks like silence is unread.
				t.heard.Store(now.UnixNano())
			}
			last = now
			if now.Sub(time.Unix(0, t.heard.Load())) > silentBeats*beat {
				return fmt.Errorf("client: %w: %s has been silent for %v", ErrDisconnected, c.address, silentBeats*beat)
			}
		}
	}
}

// talk sends what there is to say, and a heartbeat when there is nothing.
// An error is left to the receiver, which learns more about it.
func (c *Client) talk(t *talk, beat time.Duration, quit <-chan struct{}) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		idle := false
		select {
		case <-quit:
			return
		case <-tick.C:
			idle = true
		case <-c.out.wake:
		}
		c.mu.Lock()
		ms, ack := c.out.take(), c.received
		c.mu.Unlock()
		if len(ms) == 0 && idle {
			_ = t.stream.Send(&pb.FromClient{Ack: ack})
		}
		for _, m := range ms {
			m.Ack = ack
			if t.stream.Send(m) != nil {
				return
			}
		}
	}
}

// listen receives until the stream ends, and returns why it did.
func (c *Client) listen(t *talk) error {
	for {
		m, err := t.stream.Recv()
		if err != nil {
			return t.conn.Explain(err)
		}
		t.heard.Store(time.Now().UnixNano())
		if err := c.hear(m); err != nil {
			return err
		}
	}
}
