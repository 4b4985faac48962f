package wire

import (
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
)

// dialWait bounds the connecting to a holder.
const dialWait = 5 * time.Second

// A dataConn is a connection to a holder. The table's lock guards its users.
type dataConn struct {
	address string
	cc      *grpc.ClientConn
	users   int  // calls under way
	stale   bool // to be closed with its last user
	link    link // from the holder
	up      link // to it
	lands   landings
}

// dataConns are the connections of a client.
type dataConns struct {
	mu sync.Mutex
	at map[string]*dataConn // nil: closed
}

// get returns a connection, for one call. done follows.
func (t *dataConns) get(address string) (*dataConn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at == nil {
		return nil, fmt.Errorf("wire: %w: the data client is closed", ErrPeer)
	}
	if c := t.at[address]; c != nil {
		c.users++
		return c, nil
	}
	if err := checkAddress(address); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	c := &dataConn{address: address, users: 1}
	cc, err := grpc.NewClient("passthrough:///"+address, append(dataDialOptions(&c.lands),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: dialWait}))...)
	if err != nil {
		return nil, fmt.Errorf("wire: %w at %s: %w", ErrPeer, address, err)
	}
	t.sweep()
	c.cc = cc
	t.at[address] = c
	return c, nil
}

// sweep closes what is not connected and not used: most likely those holders are
// no more. The caller holds the lock.
func (t *dataConns) sweep() {
	for address, c := range t.at { // each for itself
		if s := c.cc.GetState(); c.users == 0 && s != connectivity.Ready && s != connectivity.Connecting {
			c.cc.Close()
			delete(t.at, address)
		}
	}
}

// done ends a call.
func (t *dataConns) done(c *dataConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.users--; c.users == 0 && c.stale {
		c.cc.Close()
	}
}

// forget takes a connection that failed out of the table, so that the next call
// dials anew instead of waiting for gRPC to try again. Calls that use it go on.
func (t *dataConns) forget(c *dataConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at[c.address] == c {
		delete(t.at, c.address)
		c.stale = true
	}
}

func (t *dataConns) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.at {
		c.cc.Close()
	}
	t.at = nil
}
