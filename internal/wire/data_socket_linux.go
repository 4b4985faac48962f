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
	// longRead is from where on a reading is one of a large frame's contents.
	longRead = aheadShort
)

// A dataSocket is a connection of the data service. gRPC reads the header of each
// frame, and then its contents into the buffer where they stay. A buffered reader
// between would copy them once more, and none would take two system calls a
// frame. This one asks the system for the contents and the next header at once, and
// has them put where they are wanted: see landing.
type dataSocket struct {
	*net.TCPConn
	raw   syscall.RawConn
	ahead []byte // was read and not yet asked for
	room  [aheadShort]byte
	track *track // nil: nobody says where anything is wanted
	row   row    // comes before ahead

	// Of the reading under way; in fields so that it allocates nothing.
	asked []byte // by gRPC
	into  [][]byte
	n     int // how many came
	err   error
	try   func(fd uintptr) bool
}

// newDataSocket takes c over; lands are of streams that it will read, or nil.
func newDataSocket(c *net.TCPConn, lands *landings) (net.Conn, error) {
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
	if lands != nil {
		s.track = &track{new: lands, streams: map[uint32]*landing{}}
	}
	s.try = s.tryRead
	return s, nil
}

// tryRead reads what there is, and reports whether there was something to say.
func (s *dataSocket) tryRead(fd uintptr) bool {
	if s.track == nil || s.track.of == nil {
		s.readv(fd, s.asked)
		if s.track != nil && s.n > 0 {
			s.track.passed(s.asked[:min(s.n, len(s.asked))])
		}
		return s.err != unix.EAGAIN
	}
	l := s.track.of
	l.mu.Lock()
	into, prefix := l.want(min(len(s.asked), s.track.left))
	if into == nil {
		l.mu.Unlock()
		if prefix > 0 {
			s.asked = s.asked[:min(prefix, len(s.asked))]
		}
		if s.readv(fd, s.asked); s.n > 0 {
			s.track.passed(s.asked[:min(s.n, len(s.asked))])
		}
		return s.err != unix.EAGAIN
	}
	defer l.mu.Unlock() // until then nobody takes the memory away
	s.asked = into
	s.into = append(s.into[:0], into)
	if len(into) == s.track.left {
		s.into = s.row.foresee(s.into, l, len(into))
	}
	if s.system(fd); s.n > 0 {
		n := min(s.n, len(into))
		l.came(n)
		s.track.came(n)
		s.row.take(s, l, s.n-n)
	}
	return s.err != unix.EAGAIN
}

// readv reads into p, and ahead where that is the rest of a frame.
func (s *dataSocket) readv(fd uintptr, p []byte) {
	more := aheadShort
	if len(p) >= longRead {
		more = frameHeaderSize
	}
	if s.track != nil && s.track.left > len(p) {
		more = 0
	}
	s.into = append(s.into[:0], p, s.room[:more])
	if s.system(fd); s.n > len(p) {
		s.ahead = s.room[:s.n-len(p)]
	}
}

// system asks the system.
func (s *dataSocket) system(fd uintptr) {
	for {
		if s.n, s.err = unix.Readv(int(fd), s.into); s.err != unix.EINTR {
			orderReads(fd)
			return
		}
	}
}

// Read implements net.Conn. One goroutine reads.
func (s *dataSocket) Read(p []byte) (int, error) {
	if n := s.row.read(p); n > 0 {
		return n, nil
	}
	if len(s.ahead) > 0 || len(p) == 0 {
		n := copy(p, s.ahead)
		s.ahead = s.ahead[n:]
		if s.track != nil {
			s.track.passed(p[:n])
		}
		return n, nil
	}
	s.asked = p
	err := s.raw.Read(s.try)
	n := min(max(s.n, 0), len(s.asked))
	clear(s.into)
	s.asked = nil
	if s.track != nil && (err != nil || s.err != nil || s.n == 0) {
		s.track.end()
	}
	switch {
	case err != nil:
		return 0, err
	case s.err != nil:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: s.err}
	case s.n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// dialData is how connections to holders are made.
func dialData(ctx context.Context, address string, lands *landings) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return newDataSocket(c.(*net.TCPConn), lands)
}

// acceptedSocket makes a connection of a reader, of which head was read.
func acceptedSocket(c net.Conn, head []byte) (net.Conn, error) {
	tcp, is := c.(*net.TCPConn)
	if !is {
		return &begun{c, head}, nil
	}
	s, err := newDataSocket(tcp, nil)
	if err == nil {
		s.(*dataSocket).ahead = head
	}
	return s, err
}
