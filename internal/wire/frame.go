package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc/mem"
)

const (
	// messageSize is how much of a stream of values one message carries.
	messageSize = 1<<20 - 5
	// lendFrom is the size from which memory is lent to the transport instead
	// of being copied into the message: for less, gRPC does not say when it is
	// done with it.
	lendFrom = 4 << 10
	// lendGrace is how long a broken connection may keep what was lent to it.
	// Its writer ends at once, but forgets to say so of what was queued.
	lendGrace = time.Second
)

// A loan counts the pieces of memory that the transport has. It is what gRPC
// calls a buffer pool: to put a buffer back is to say that it is not read any
// more.
type loan struct {
	mu    sync.Mutex
	out   int
	done  chan struct{} // made by wait, closed when nothing is out
	after func()        // set by seal
}

// Get is not called: nothing is received into a loan.
func (l *loan) Get(n int) *[]byte { panic("wire: a loan is not for receiving") }

func (l *loan) Put(*[]byte) {
	l.mu.Lock()
	var after func()
	if l.out--; l.out == 0 {
		if l.done != nil {
			close(l.done)
			l.done = nil
		}
		after = l.after
	}
	l.mu.Unlock()
	if after != nil {
		after()
	}
}

// seal says that nothing more will be lent; after is called when nothing is out.
func (l *loan) seal(after func()) {
	l.mu.Lock()
	l.after = after
	idle := l.out == 0
	l.mu.Unlock()
	if idle {
		after()
	}
}

func (l *loan) lend(p []byte) mem.Buffer {
	l.mu.Lock()
	l.out++
	l.mu.Unlock()
	return mem.NewBuffer(&p, l)
}

// wait returns when the transport has given everything back. broken says that
// the stream has ended.
func (l *loan) wait(broken <-chan struct{}) {
	l.mu.Lock()
	if l.out == 0 {
		l.mu.Unlock()
		return
	}
	done := make(chan struct{})
	l.done = done
	l.mu.Unlock()
	select {
	case <-done:
		return
	case <-broken:
	}
	select {
	case <-done:
	case <-time.After(lendGrace):
	}
}

// A frameWriter cuts a stream of bytes into messages.
type frameWriter struct {
	send  func(any) error
	loan  *loan // of what is written now
	m     mem.BufferSlice
	size  int
	small []byte // of m, not yet a buffer
	bytes int64  // written
}

// Write copies p, which is small.
func (w *frameWriter) Write(p []byte) (int, error) {
	w.small = append(w.small, p...)
	w.size += len(p)
	w.bytes += int64(len(p))
	return len(p), w.full()
}

// lend writes p without copying it. It is given back when wait returns.
func (w *frameWriter) lend(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), messageSize-w.size)
		if n < lendFrom {
			n = min(len(p), lendFrom)
			if _, err := w.Write(p[:n]); err != nil {
				return err
			}
			p = p[n:]
			continue
		}
		w.settle()
		w.m = append(w.m, w.loan.lend(p[:n:n]))
		w.size += n
		w.bytes += int64(n)
		p = p[n:]
		if err := w.full(); err != nil {
			return err
		}
	}
	return nil
}

func (w *frameWriter) settle() {
	if len(w.small) > 0 {
		w.m = append(w.m, mem.SliceBuffer(w.small))
		w.small = nil
	}
}

func (w *frameWriter) full() error {
	if w.size < messageSize {
		return nil
	}
	return w.flush()
}

// flush sends what was written. The message is the transport's from then on,
// also when sending fails.
func (w *frameWriter) flush() error {
	if w.size == 0 {
		return nil
	}
	w.settle()
	m := &message{w.m}
	w.m, w.size = nil, 0
	return w.send(m)
}

// abandon gives back what was not sent.
func (w *frameWriter) abandon() {
	w.m.Free()
	w.m, w.small, w.size = nil, nil, 0
}

// value writes the encoding of a value, which is to be held until wait returns.
func (w *frameWriter) value(e *encoder) error {
	if _, err := w.Write(appendNumber(nil, uint64(len(e.meta)))); err != nil {
		return err
	}
	if _, err := w.Write(e.meta); err != nil {
		return err
	}
	for _, p := range e.segs {
		if err := w.lend(p); err != nil {
			return err
		}
	}
	return nil
}

// A frameReader is the stream of bytes that messages make.
type frameReader struct {
	recv  func(any) error
	land  *landing        // where what comes can go to at once; nil: nowhere
	done  <-chan struct{} // closed when the stream is; with land
	r     *mem.Reader     // of the current message; nil before the first
	bytes int64           // read
}

var _ io.ByteReader = (*frameReader)(nil)

// next makes sure that there is a byte to read.
func (r *frameReader) next() error {
	for r.r == nil || r.r.Remaining() == 0 {
		if r.land != nil {
			r.land.await(r.done, r.bytes+messageSize)
		}
		m := &message{}
		if err := r.recv(m); err != nil {
			return err
		}
		r.close()
		r.r = m.data.Reader()
		m.data.Free() // the reader has references of its own
	}
	return nil
}

func (r *frameReader) Read(p []byte) (int, error) {
	if err := r.next(); err != nil {
		return 0, err
	}
	if r.land != nil && len(p) > 0 {
		n, there := r.land.there(r.bytes, min(len(p), r.r.Remaining()))
		if there {
			n, err := r.r.Discard(n)
			r.bytes += int64(n)
			return n, err
		}
		p = p[:n]
	}
	n, err := r.r.Read(p)
	r.bytes += int64(n)
	return n, err
}

// fill reads what comes next into ps, whose memory it may come to at once.
func (r *frameReader) fill(ps ...[]byte) error {
	if r.land != nil && total(ps) >= landFrom {
		r.land.place(r.bytes, ps)
		defer r.land.place(0, nil) // if it fails, the memory is somebody else's
	}
	for _, p := range ps {
		if _, err := io.ReadFull(r, p); err != nil {
			return err
		}
	}
	return nil
}

// fill reads what comes next from r into p.
func fill(r io.Reader, p []byte) error {
	if f, is := r.(*frameReader); is {
		return f.fill(p)
	}
	_, err := io.ReadFull(r, p)
	return err
}

// expect reads the token.
func (r *frameReader) expect(token uint64) error {
	var b [tokenSize]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return cutOff(err)
	}
	if got := binary.LittleEndian.Uint64(b[:]); got != token {
		return fmt.Errorf("wire: %w: an answer begins with %x, not with what was asked for", ErrEncoding, got)
	}
	return nil
}

func (r *frameReader) count() int64 { return r.bytes }

func (r *frameReader) ReadByte() (byte, error) {
	if err := r.next(); err != nil {
		return 0, err
	}
	r.bytes++
	return r.r.ReadByte()
}

// close gives up the rest of the current message.
func (r *frameReader) close() {
	if r.r != nil {
		r.r.Close()
		r.r = nil
	}
}

// cutOff makes the end of the stream inside a value what it is.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
