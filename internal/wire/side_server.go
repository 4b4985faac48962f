package wire

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// helloWait is how long a connection may take to say what it is.
const helloWait = 10 * time.Second

// sides are the connections of a holder beside gRPC's, and those that have not
// said what they are.
type sides struct {
	all  sync.WaitGroup
	mu   sync.Mutex
	open map[net.Conn]struct{} // nil: stopped
}

func (t *sides) enter(c net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		return false
	}
	t.open[c] = struct{}{}
	t.all.Add(1)
	return true
}

// leave follows enter.
func (t *sides) leave(c net.Conn) {
	t.mu.Lock()
	delete(t.open, c)
	t.mu.Unlock()
	t.all.Done()
}

// stop closes them, and returns when nobody uses them.
func (t *sides) stop() {
	t.mu.Lock()
	for c := range t.open {
		c.Close()
	}
	t.open = nil
	t.mu.Unlock()
	t.all.Wait()
}

// A dataListener tells the connections that begin with sideHello from those of
// gRPC, which it returns.
type dataListener struct {
	net.Listener
	d     *DataServer
	begin sync.Once
	came  chan accepted
	done  chan struct{}
	end   sync.Once
}

// begun is a connection of which something was read.
type begun struct {
	net.Conn
	head []byte
}

func (c *begun) Read(p []byte) (int, error) {
	if len(c.head) > 0 {
		n := copy(p, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

type accepted struct {
	c   net.Conn
	err error
}

func newDataListener(d *DataServer) *dataListener {
	return &dataListener{Listener: d.l, d: d, came: make(chan accepted), done: make(chan struct{})}
}

// Accept implements net.Listener.
func (l *dataListener) Accept() (net.Conn, error) {
	l.begin.Do(func() { go l.run() })
	select {
	case a := <-l.came:
		return a.c, a.err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *dataListener) Close() error {
	l.end.Do(func() { close(l.done) })
	return l.Listener.Close()
}

func (l *dataListener) hand(a accepted) bool {
	select {
	case l.came <- a:
		return true
	case <-l.done:
		return false
	}
}

func (l *dataListener) run() {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			if !l.hand(accepted{err: err}) {
				return
			}
			continue // whoever is told closes the listener, or waits a little and asks again
		}
		if !l.d.sides.enter(c) {
			c.Close()
			continue
		}
		go l.sort(c)
	}
}

// sort finds out what a connection is, and serves it if it is a side.
func (l *dataListener) sort(c net.Conn) {
	defer l.d.sides.leave(c)
	hello := make([]byte, len(sideHello))
	err := c.SetReadDeadline(time.Now().Add(helloWait))
	if err == nil {
		_, err = io.ReadFull(c, hello)
	}
	if err == nil {
		err = c.SetReadDeadline(time.Time{})
	}
	if err != nil {
		c.Close()
		return
	}
	if tcp, is := c.(*net.TCPConn); is && string(hello) == sideHello {
		l.d.serveSide(tcp)
		return
	}
	if c, err = acceptedSocket(c, hello); err == nil && !l.hand(accepted{c: c}) {
		c.Close()
	}
}

// serveSide writes the chunks that are asked for, until the reader goes.
func (d *DataServer) serveSide(c *net.TCPConn) {
	defer c.Close()
	quicken(c)
	w := &sideWriter{c: c, bytes: &d.served}
	var ask [8]byte
	for {
		if _, err := io.ReadFull(c, ask[:]); err != nil {
			return
		}
		if err := d.sendSide(w, binary.LittleEndian.Uint64(ask[:])); err != nil {
			return
		}
	}
}

func (d *DataServer) sendSide(w *sideWriter, number uint64) error {
	o := d.outgoing.join(number)
	if o == nil { // all of it is on its way
		if _, err := w.Write([]byte{0}); err != nil {
			return err
		}
		return w.flush()
	}
	defer o.release()
	if err := o.send(w); err != nil {
		return err
	}
	return w.flush()
}

const (
	// sideWrite is how much is written at once.
	sideWrite = 1 << 20
	// sideSmall is room for what is small of that.
	sideSmall = 4 << 10
)

// A sideWriter writes to a side.
type sideWriter struct {
	c     *net.TCPConn
	parts net.Buffers
	small []byte
	size  int           // of parts
	bytes *atomic.Int64 // that were written, or are about to be
}

// Write implements chunkWriter.
func (w *sideWriter) Write(p []byte) (int, error) {
	if cap(w.small)-len(w.small) < len(p) {
		w.small = make([]byte, 0, max(sideSmall, len(p)))
	}
	at := len(w.small)
	w.small = append(w.small, p...)
	return len(p), w.lend(w.small[at:len(w.small):len(w.small)])
}

func (w *sideWriter) lend(p []byte) error {
	w.parts = append(w.parts, p)
	if w.size += len(p); w.size < sideWrite {
		return nil
	}
	return w.flush()
}

// flush writes what there is.
func (w *sideWriter) flush() error {
	left := w.parts
	w.bytes.Add(int64(w.size))
	defer func() {
		clear(w.parts)
		w.parts, w.small, w.size = w.parts[:0], w.small[:0], 0
	}()
	for len(left) > 0 {
		if err := w.c.SetWriteDeadline(time.Now().Add(sideWait)); err != nil {
			return err
		}
		n, err := left.WriteTo(w.c)
		switch {
		case err == nil:
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case n == 0:
			return stuck("went")
		}
	}
	return nil
}
