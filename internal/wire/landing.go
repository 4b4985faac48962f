package wire

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
)

// gRPC hands out what it receives in buffers of its own, a frame each, from which a
// value has to be copied to where it is to be. That copy was a third of the
// processor time of a large transfer. So a reader says where what comes next is to
// be, and the socket, which sees the same bytes in the same order, lets the system
// put it there; the buffer that gRPC hands on for it has no contents, and is passed
// over. What the socket had read before it knew is copied as ever.
//
// The socket knows the stream by its first bytes, a token that the reader has asked
// the holder for. A connection that it cannot read, such as an encrypted one, has no
// such stream, and all is copied.

// landFrom is how much has to come into one place for that to be worth saying.
const landFrom = 32 << 10

// tokenSize is the length of a token, messagePrefix of what gRPC puts before a
// message.
const (
	tokenSize     = 8
	messagePrefix = 5
)

// A span is some of the bytes of a stream.
type span struct{ from, to int64 }

// A landing is where the bytes of one stream go. Its reader and the socket's
// meet here.
type landing struct {
	token uint64

	mu     sync.Mutex
	prefix []byte // of the message under way, until it is complete
	left   int    // bytes of the message that are still to come
	at     int64  // how many bytes of the stream the socket has read, without prefixes
	next   int64  // where in the stream sink begins
	last   int64  // where it ends
	sink   [][]byte
	landed []span // what is in its place: ascending, not touching
	gone   bool   // nobody reads any more
	over   bool   // nothing more comes
	mark   int64  // somebody waits until at is that; 0: nobody does

	reached chan struct{} // has room for one; see await
}

// place says that the bytes of the stream from the one given on are to be in ps,
// end to end.
func (l *landing) place(from int64, ps [][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next, l.sink = from, append(l.sink[:0], ps...)
	l.last = from + int64(total(ps))
}

// withdraw ends that: nothing is written to any more.
func (l *landing) withdraw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sink, l.gone = nil, true
}

// await returns when the socket has read the stream up to at, or will not; or when
// the stream is done. gRPC wakes its reader for each frame; who waits here first is
// woken once for many.
func (l *landing) await(done <-chan struct{}, at int64) {
	l.mu.Lock()
	at = min(at, l.last)
	waits := l.at < at && !l.over && len(l.sink) > 0
	if waits {
		l.mark = at
	}
	l.mu.Unlock()
	if !waits {
		return
	}
	select {
	case <-l.reached:
	case <-done:
	}
}

// advanced follows a change of at, or of over. The caller holds the lock.
func (l *landing) advanced() {
	if l.mark == 0 || l.at < l.mark && !l.over {
		return
	}
	l.mark = 0
	select {
	case l.reached <- struct{}{}:
	default: // who waited was done
	}
}

// end says that nothing more comes.
func (l *landing) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.advanced()
}

// there returns how many of the n bytes from at on, n > 0, are to be dealt with in
// one way, and whether they are in their place already.
func (l *landing) there(at int64, n int) (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.landed) > 0 && l.landed[0].to <= at {
		l.landed = l.landed[1:]
	}
	switch {
	case len(l.landed) == 0:
		return n, false
	case l.landed[0].from > at:
		return int(min(int64(n), l.landed[0].from-at)), false
	}
	return int(min(int64(n), l.landed[0].to-at)), true
}

// want returns the memory for at most n bytes that come next, or nil where gRPC's
// own is to be used; then for prefix bytes at most, unless that is 0. The caller of
// this and the following holds the lock.
func (l *landing) want(n int) (into []byte, prefix int) {
	if l.left == 0 {
		return nil, messagePrefix - len(l.prefix)
	}
	for l.next < l.at && len(l.sink) > 0 { // it was copied
		k := int(min(l.at-l.next, int64(len(l.sink[0]))))
		l.pass(k)
	}
	if l.next != l.at || len(l.sink) == 0 {
		return nil, 0
	}
	return l.sink[0][:min(n, l.left, len(l.sink[0]))], 0
}

// pass takes k bytes of the first piece out of the sink.
func (l *landing) pass(k int) {
	l.next += int64(k)
	if l.sink[0] = l.sink[0][k:]; len(l.sink[0]) == 0 {
		l.sink = l.sink[1:]
	}
}

// came follows the coming of n bytes to where want said.
func (l *landing) came(n int) {
	if last := len(l.landed) - 1; last >= 0 && l.landed[last].to == l.at {
		l.landed[last].to += int64(n)
	} else {
		l.landed = append(l.landed, span{l.at, l.at + int64(n)})
	}
	l.at += int64(n)
	l.left -= n
	l.pass(n)
	l.advanced()
}

// copied follows the coming of b elsewhere.
func (l *landing) copied(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.advanced()
	for len(b) > 0 {
		if l.left > 0 {
			n := min(l.left, len(b))
			l.at, l.left, b = l.at+int64(n), l.left-n, b[n:]
			continue
		}
		n := min(messagePrefix-len(l.prefix), len(b))
		l.prefix, b = append(l.prefix, b[:n]...), b[n:]
		if len(l.prefix) == messagePrefix {
			l.left = int(binary.BigEndian.Uint32(l.prefix[1:]))
			l.prefix = l.prefix[:0]
		}
	}
}

// landings are those of a connection whose streams the socket has not yet seen.
type landings struct {
	mu sync.Mutex
	of map[uint64]*landing
}

// expect returns the landing of a stream that is about to begin.
func (t *landings) expect() *landing {
	l := &landing{token: rand.Uint64() | 1, reached: make(chan struct{}, 1)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[uint64]*landing{}
	}
	t.of[l.token] = l
	return l
}

// end follows the end of the reading of a stream.
func (t *landings) end(l *landing) {
	t.mu.Lock()
	delete(t.of, l.token)
	t.mu.Unlock()
	l.withdraw()
}

// take returns the landing of the stream whose first frame begins with b, or nil.
func (t *landings) take(b []byte) *landing {
	if len(b) < messagePrefix+tokenSize {
		return nil
	}
	token := binary.LittleEndian.Uint64(b[messagePrefix:])
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.of[token]
	delete(t.of, token)
	return l
}

// The frames of HTTP/2 that a track looks at: RFC 9113, section 6.
const (
	frameData       = 0
	frameHeaders    = 1
	frameReset      = 3
	flagEndStream   = 0x1
	flagPadded      = 0x8
	frameHeaderSize = 9
)

// A track follows the frames on a connection, to know which stream what is read
// next belongs to. One goroutine uses it.
type track struct {
	new     *landings
	streams map[uint32]*landing

	head   []byte // of the frame under way, until it is complete
	left   int    // bytes of the frame that are still to come
	stream uint32
	ends   bool     // the stream, with this frame
	fresh  bool     // data, of which nothing has come yet, of a stream that is not known
	of     *landing // data of a known one
}

// passed follows the handing on of b.
func (t *track) passed(b []byte) {
	for len(b) > 0 {
		if t.left == 0 {
			n := min(frameHeaderSize-len(t.head), len(b))
			t.head, b = append(t.head, b[:n]...), b[n:]
			if len(t.head) == frameHeaderSize {
				t.begin()
			}
			continue
		}
		n := min(t.left, len(b))
		if t.fresh {
			t.bind(b[:n])
		}
		if t.of != nil {
			t.of.copied(b[:n])
		}
		t.came(n)
		b = b[n:]
	}
}

// begin follows a header.
func (t *track) begin() {
	h := t.head
	t.head = t.head[:0]
	t.left = int(h[0])<<16 | int(h[1])<<8 | int(h[2])
	kind, flags := h[3], h[4]
	t.stream = binary.BigEndian.Uint32(h[5:]) &^ (1 << 31)
	t.ends = kind == frameReset || (kind == frameData || kind == frameHeaders) && flags&flagEndStream != 0
	t.of, t.fresh = nil, false
	if kind == frameData {
		t.of = t.streams[t.stream]
		t.fresh = t.of == nil
		if flags&flagPadded != 0 { // gRPC does not; where its bytes are is not followed
			t.ends, t.of, t.fresh = true, nil, false
		}
	}
	if t.left == 0 {
		t.finish()
	}
}

// bind looks whether a stream that begins with b is awaited.
func (t *track) bind(b []byte) {
	t.fresh = false
	if t.of = t.new.take(b); t.of == nil {
		return
	}
	for id, l := range t.streams { // each for itself
		l.mu.Lock()
		if l.gone {
			delete(t.streams, id)
		}
		l.mu.Unlock()
	}
	t.streams[t.stream] = t.of
}

// came follows the coming of n bytes of the frame.
func (t *track) came(n int) {
	if t.left -= n; t.left == 0 {
		t.finish()
	}
}

func (t *track) finish() {
	if l := t.streams[t.stream]; t.ends && l != nil {
		l.end()
		delete(t.streams, t.stream)
	}
	t.of = nil
}

// end follows the end of the connection.
func (t *track) end() {
	for _, l := range t.streams { // each for itself
		l.end()
	}
}
