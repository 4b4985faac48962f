package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// How a conversation with a scheduler can fail.
var (
	// ErrUnreachable: nobody answers at the address.
	ErrUnreachable = errors.New("no scheduler answers")
	// ErrRefused: the scheduler does not take this process, and says why.
	ErrRefused = errors.New("the scheduler refused")
	// ErrDisconnected: there was a connection, and it is gone.
	ErrDisconnected = errors.New("the connection to the scheduler is lost")
)

// Refuse returns the error with which a handler of the Control service turns a
// peer away: the peer sees an [ErrRefused] with the reason.
func Refuse(reason string) error {
	return status.Error(codes.FailedPrecondition, validText(strings.TrimPrefix(reason, "wire: ")))
}

// Disown returns the error with which a handler of the Control service ends the
// stream of a peer that it has given up: the peer sees an [ErrDisconnected] with
// the reason, and may come again.
func Disown(reason string) error { return status.Error(codes.Aborted, validText(reason)) }

// Listen listens on a TCP address. An error names the address and what to do.
func Listen(address string) (net.Listener, error) {
	if err := checkAddress(address); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("wire: %s is in use by another process: choose another port, or 0 for any: %w", address, err)
	}
	if err != nil {
		return nil, fmt.Errorf("wire: cannot listen on %s: %w", address, err)
	}
	return l, nil
}

func checkAddress(address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return fmt.Errorf("wire: address %q is not HOST:PORT: %w", address, err)
	}
	return nil
}

// A ControlServer serves the Control service.
type ControlServer struct{ s *grpc.Server }

// NewControlServer returns a server whose streams h handles.
func NewControlServer(h pb.ControlServer) *ControlServer {
	s := grpc.NewServer(transportServerOptions()...)
	pb.RegisterControlServer(s, h)
	return &ControlServer{s}
}

// Serve answers on l until Stop, and closes it.
func (s *ControlServer) Serve(l net.Listener) error {
	if err := s.s.Serve(l); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("wire: serving on %v: %w", l.Addr(), err)
	}
	return nil
}

// Stop lets streams end by themselves for the time given, then ends them, and
// returns when every handler has.
func (s *ControlServer) Stop(patience time.Duration) {
	t := time.AfterFunc(patience, s.s.Stop)
	defer t.Stop()
	s.s.GracefulStop()
}

// A ControlConn is a connection to a scheduler, on which streams are opened.
type ControlConn struct {
	address string
	cc      *grpc.ClientConn
	dialErr atomic.Pointer[error] // of the last attempt to connect
}

// DialControl returns a connection to the scheduler at address, host:port. It
// waits until the scheduler answers; if that does not happen before ctx ends,
// or the address refuses, the error wraps [ErrUnreachable].
func DialControl(ctx context.Context, address string) (*ControlConn, error) {
	if err := checkAddress(address); err != nil {
		return nil, err
	}
	c := &ControlConn{address: address}
	dial := grpc.WithContextDialer(func(ctx context.Context, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err != nil {
			c.dialErr.Store(&err)
		}
		return conn, err
	})
	cc, err := grpc.NewClient("passthrough:///"+address, append(transportDialOptions(), dial)...)
	if err != nil {
		return nil, fmt.Errorf("wire: cannot dial %s: %w", address, err)
	}
	c.cc = cc
	cc.Connect()
	for s := cc.GetState(); s != connectivity.Ready; s = cc.GetState() {
		if s == connectivity.TransientFailure || !cc.WaitForStateChange(ctx, s) {
			cc.Close()
			return nil, c.unreachable(ctx)
		}
	}
	return c, nil
}

func (c *ControlConn) unreachable(ctx context.Context) error {
	why := error(errors.New("it does not speak Ashlar's protocol"))
	if p := c.dialErr.Load(); p != nil {
		why = *p
	} else if ctx.Err() != nil {
		why = context.Cause(ctx)
	}
	var op *net.OpError
	if errors.As(why, &op) {
		why = op.Err
	}
	return fmt.Errorf("wire: %w at %s (%w): start one with `ashlar scheduler`, or check the address",
		ErrUnreachable, c.address, why)
}

// Address returns the address that was dialled.
func (c *ControlConn) Address() string { return c.address }

// Worker opens the stream of a worker.
func (c *ControlConn) Worker(ctx context.Context) (pb.Control_WorkerClient, error) {
	s, err := pb.NewControlClient(c.cc).Worker(ctx)
	return s, c.Explain(err)
}

// Client opens the stream of a client.
func (c *ControlConn) Client(ctx context.Context) (pb.Control_ClientClient, error) {
	s, err := pb.NewControlClient(c.cc).Client(ctx)
	return s, c.Explain(err)
}

// Explain turns an error of a stream into one that wraps [ErrRefused] or
// [ErrDisconnected] and names the scheduler. The end of the stream is an error
// too: a scheduler that means to end it says so first.
func (c *ControlConn) Explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("wire: %w: the scheduler at %s ended it", ErrDisconnected, c.address)
	}
	st := status.Convert(err)
	switch st.Code() {
	case codes.FailedPrecondition:
		return fmt.Errorf("wire: %w (at %s): %s", ErrRefused, c.address, st.Message())
	case codes.ResourceExhausted:
		return fmt.Errorf("wire: a message to or from the scheduler at %s is too large (%s): submit the graph in pieces", c.address, st.Message())
	}
	return fmt.Errorf("wire: %w: %s: %s", ErrDisconnected, c.address, st.Message())
}

// Close ends every stream.
func (c *ControlConn) Close() error { return c.cc.Close() }

// PeerHost returns the host, as an IP address, at the other end of the stream
// that has ctx; empty if unknown.
func PeerHost(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return ""
	}
	host, _, err := net.SplitHostPort(p.Addr.String())
	if err != nil {
		return ""
	}
	return host
}
