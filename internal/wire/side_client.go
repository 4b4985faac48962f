package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// sideRest is for how long a holder that no side could be connected to is
	// asked for none.
	sideRest = 30 * time.Second
	// sideIdle is for how long one is kept that nobody uses, and sidesIdle how
	// many of a holder's.
	sideIdle  = time.Minute
	sidesIdle = 4
)

// A sideConn is a connection that brings chunks, for one reader at a time.
type sideConn struct {
	c     *net.TCPConn
	used  bool      // it has brought something before
	since time.Time // when it was used last
	hello []byte    // what is still to be said before the first request
	bytes int64     // read
	ahead []byte    // was read and not yet asked for
	room  [64]byte
	vector
}

// sideConns are those of a client that nobody uses.
type sideConns struct {
	mu   sync.Mutex
	idle map[string][]*sideConn // by address; nil: closed
	rest map[string]time.Time   // by address: until when none is tried
	dial func(ctx context.Context, address string) (*sideConn, error)
}

// tries reports whether sides are connected to a holder.
func (t *sideConns) tries(address string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, failed := t.rest[address]
	if failed && time.Now().After(until) {
		delete(t.rest, address)
		failed = false
	}
	return !failed
}

// failed notes that none could be connected, or that one broke.
func (t *sideConns) failed(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rest == nil {
		t.rest = map[string]time.Time{}
	}
	t.rest[address] = time.Now().Add(sideRest)
}

// take returns one that nobody uses, or nil.
func (t *sideConns) take(address string) *sideConn {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.idle[address]
	if len(s) == 0 {
		return nil
	}
	c := s[len(s)-1]
	t.idle[address] = s[:len(s)-1]
	return c
}

// put gives one back, and closes those that nobody has used for long.
func (t *sideConns) put(address string, c *sideConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for a, s := range t.idle { // each for itself
		n := 0
		for n < len(s) && now.Sub(s[n].since) > sideIdle {
			s[n].c.Close()
			n++
		}
		if t.idle[a] = s[n:]; n == len(s) {
			delete(t.idle, a)
		}
	}
	if t.idle == nil || len(t.idle[address]) == sidesIdle {
		c.c.Close()
		return
	}
	c.used, c.since = true, now
	t.idle[address] = append(t.idle[address], c)
}

func (t *sideConns) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.idle {
		for _, c := range s {
			c.c.Close()
		}
	}
	t.idle = nil
}

// dialSide connects to the holder at address.
func dialSide(ctx context.Context, address string) (*sideConn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	tcp := c.(*net.TCPConn)
	quicken(tcp)
	s := &sideConn{c: tcp, hello: []byte(sideHello)}
	if err := s.vector.init(tcp); err != nil {
		tcp.Close()
		return nil, err
	}
	return s, nil
}

// errNoSide: no side could be connected.
var errNoSide = errors.New("no connection beside gRPC")

// beside brings the value of that number over sides, of which nothing has come.
// The error wraps errNoSide if nothing can.
func (c *DataClient) beside(ctx context.Context, address string, number uint64, in *incoming) error {
	errs := make([]error, max(1, c.o.Streams))
	var all sync.WaitGroup
	for i := 1; i < len(errs); i++ {
		all.Go(func() { errs[i] = c.bring(ctx, address, number, in) })
	}
	errs[0] = c.bring(ctx, address, number, in)
	all.Wait()
	if in.complete() {
		return nil
	}
	none := true
	for _, err := range errs {
		none = none && errors.Is(err, errNoSide)
	}
	if ctx.Err() == nil {
		c.sides.failed(address)
	}
	if err := errors.Join(errs...); !none {
		if err == nil {
			return io.ErrUnexpectedEOF
		}
		return fmt.Errorf("wire: %w beside gRPC: %v", ErrPeer, err)
	}
	return errNoSide
}

// bring brings chunks over one side. One that nobody used may have been closed by
// the holder, or the way to it: then another is connected.
func (c *DataClient) bring(ctx context.Context, address string, number uint64, in *incoming) error {
	for {
		s := c.sides.take(address)
		if s == nil {
			var err error
			if s, err = c.sides.dial(ctx, address); err != nil {
				return fmt.Errorf("%w: %w", errNoSide, err)
			}
		}
		before := s.bytes
		err := s.bring(ctx, number, in)
		c.fetched.Add(s.bytes - before)
		if err == nil {
			c.sides.put(address, s)
			return nil
		}
		s.c.Close()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !s.used || s.bytes > before {
			return err
		}
	}
}

// bring brings chunks until there are no more, or ctx ends.
func (s *sideConn) bring(ctx context.Context, number uint64, in *incoming) error {
	stop := context.AfterFunc(ctx, func() { s.c.Close() })
	defer stop()
	if err := s.c.SetWriteDeadline(time.Now().Add(sideWait)); err != nil {
		return err
	}
	if _, err := s.c.Write(binary.LittleEndian.AppendUint64(s.hello, number)); err != nil {
		return err
	}
	s.hello = nil
	err := in.read(s)
	if err == nil && !stop() {
		err = context.Cause(ctx) // it is closed, or about to be
	}
	return cutOff(err)
}

func (s *sideConn) count() int64 { return s.bytes }

// more reads into ps, and ahead what follows that; ps may be empty. It returns how
// many bytes of ps came.
func (s *sideConn) more(ps [][]byte) (int, error) {
	if err := s.c.SetReadDeadline(time.Now().Add(sideWait)); err != nil {
		return 0, err
	}
	n, ahead, err := s.vector.read(s.c, ps, s.room[:])
	s.ahead = s.room[:ahead]
	s.bytes += int64(n + ahead)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, stuck("came")
	case err == nil && n+ahead == 0:
		return 0, io.EOF
	}
	return n, err
}

// ReadByte implements io.ByteReader.
func (s *sideConn) ReadByte() (byte, error) {
	if len(s.ahead) == 0 {
		if _, err := s.more(nil); err != nil {
			return 0, err
		}
	}
	b := s.ahead[0]
	s.ahead = s.ahead[1:]
	return b, nil
}

// Read implements io.Reader.
func (s *sideConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(s.ahead) > 0 {
		n := copy(p, s.ahead)
		s.ahead = s.ahead[n:]
		return n, nil
	}
	return s.more([][]byte{p})
}

func (s *sideConn) fill(ps ...[]byte) error {
	left := append(make([][]byte, 0, len(ps)), ps...)
	pass := func(n int) {
		for len(left) > 0 && n >= len(left[0]) {
			n -= len(left[0])
			left = left[1:]
		}
		if n > 0 {
			left[0] = left[0][n:]
		}
	}
	for pass(0); len(left) > 0; {
		if len(s.ahead) > 0 {
			n := copy(left[0], s.ahead)
			s.ahead = s.ahead[n:]
			pass(n)
			continue
		}
		n, err := s.more(left)
		if err != nil {
			return err
		}
		pass(n)
	}
	return nil
}
