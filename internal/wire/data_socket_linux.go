package wire

import (
	"context"
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// aheadShort is what is read ahead of an HTTP/2 frame's header: of what is
	// small, whole frames.
	aheadShort = 4 << 10
	// frameHeader is what is read ahead of a large frame's contents: the header
	// of the next one.
	frameHeader = 9
	// longRead is from where on a reading is one of a large frame's contents.
	longRead = aheadShort
)

// A dataSocket is a connection of the data service. gRPC reads the header of each
// frame, and then its contents into the buffer where they stay. A buffered reader
// between would copy them once more, and none would take two system calls a
// frame. This one asks the system for the contents and the next header at once.
type dataSocket struct {
	*net.TCPConn
	raw   syscall.RawConn
	ahead []byte // was read and not yet asked for
	room  [aheadShort]byte

	// Of the reading under way; in fields so that it allocates nothing.
	into [2][]byte
	n    int
	err  error
	try  func(fd uintptr) bool
}

// newDataSocket takes c over.
func newDataSocket(c *net.TCPConn) (net.Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		c.Close()
		return nil, err
	}
	// gRPC would do so, if it knew that this is TCP.
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(pingWait.Milliseconds()))
	})
	s := &dataSocket{TCPConn: c, raw: raw}
	s.try = s.readv
	return s, nil
}

// readv reads what there is, and reports whether there was something to say.
func (s *dataSocket) readv(fd uintptr) bool {
	for {
		if s.n, s.err = unix.Readv(int(fd), s.into[:]); s.err != unix.EINTR {
			orderReads(fd)
			return s.err != unix.EAGAIN
		}
	}
}

// Read implements net.Conn. One goroutine reads.
func (s *dataSocket) Read(p []byte) (int, error) {
	if len(s.ahead) > 0 || len(p) == 0 {
		n := copy(p, s.ahead)
		s.ahead = s.ahead[n:]
		return n, nil
	}
	more := aheadShort
	if len(p) >= longRead {
		more = frameHeader
	}
	s.into = [2][]byte{p, s.room[:more]}
	err := s.raw.Read(s.try)
	s.into = [2][]byte{}
	switch {
	case err != nil:
		return 0, err
	case s.err != nil:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: s.err}
	case s.n == 0:
		return 0, io.EOF
	}
	n := min(s.n, len(p))
	s.ahead = s.room[:s.n-n]
	return n, nil
}

// dialData is how connections to holders are made.
func dialData(ctx context.Context, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return newDataSocket(c.(*net.TCPConn))
}

// A dataListener makes connections of readers.
type dataListener struct{ net.Listener }

func (l dataListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return newDataSocket(tcp)
	}
	return c, err
}
