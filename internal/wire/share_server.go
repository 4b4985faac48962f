package wire

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// acceptPause is how long a holder waits when it cannot take a connection.
const acceptPause = 50 * time.Millisecond

// copiesPart is the part of its memory, as 1/copiesPart, that a holder lends copies
// of: what of a value is not contiguous is copied first, and the copy is the
// holder's until the reader is done with the value. Others come over gRPC, where
// the copy is gone when it has been sent, and what comes is the reader's.
const copiesPart = 32

// errElsewhere: the value is to be fetched over gRPC.
var errElsewhere = errors.New("to be fetched over gRPC")

// A shareServer hands values over to other processes of the host.
type shareServer struct {
	h      Holder
	mem    Sharer
	l      *net.UnixListener
	lent   *atomic.Int64
	most   int64        // bytes of copies that are lent at a time
	copied atomic.Int64 // of these
	all    sync.WaitGroup
	mu     sync.Mutex
	conns  map[*net.UnixConn]struct{} // nil: stopped
}

// Share makes the values of the holder that lie in mem readable where they are
// for other processes of this host, until Stop. The error wraps
// errors.ErrUnsupported where the system has no such means.
func (d *DataServer) Share(mem Sharer) error {
	l, err := shareListen(d.l.Addr().String())
	if err != nil {
		return err
	}
	s := &shareServer{h: d.h, mem: mem, l: l, lent: &d.lent, most: d.limit / copiesPart, conns: map[*net.UnixConn]struct{}{}}
	d.share = s
	s.all.Add(1)
	go s.accept()
	return nil
}

// Lent returns how many bytes other processes of this host were handed where
// they lie.
func (d *DataServer) Lent() int64 { return d.lent.Load() }

func (s *shareServer) accept() {
	defer s.all.Done()
	for {
		c, err := s.l.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // there are no descriptors left, say: readers wait, or fetch over gRPC
			time.Sleep(acceptPause)
			continue
		}
		if shareTrusts(c) != nil || !s.enter(c) {
			c.Close()
			continue
		}
		go s.serve(c)
	}
}

// enter counts a connection, unless the server is stopped.
func (s *shareServer) enter(c *net.UnixConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		return false
	}
	s.conns[c] = struct{}{}
	s.all.Add(1)
	return true
}

// stop ends all connections, and with them the leases.
func (s *shareServer) stop() {
	s.l.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.conns = nil
	s.mu.Unlock()
	s.all.Wait()
}

// lent is a value that a reader reads.
type lent struct {
	e    *encoder
	done func()
}

func (l lent) end() {
	l.e.release()
	l.done()
}

// A lender is one reader's connection.
type lender struct {
	s      *shareServer
	leases map[uint64]lent
	last   uint64
}

func (s *shareServer) serve(c *net.UnixConn) {
	defer s.all.Done()
	n := &lender{s: s, leases: map[uint64]lent{}}
	defer func() {
		c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		for _, l := range n.leases {
			l.end()
		}
	}()
	if shareGreet(c, s.mem) != nil {
		return
	}
	r, w := bufio.NewReader(c), bufio.NewWriterSize(c, 64<<10)
	var buf []byte
	for {
		frame, err := readFrame(r, buf)
		if err != nil {
			return
		}
		buf = frame
		q, err := readShareRequest(frame)
		if err != nil || n.perform(q, w) != nil {
			return
		}
		if r.Buffered() == 0 && w.Flush() != nil {
			return
		}
	}
}

func (n *lender) perform(q *shareRequest, w *bufio.Writer) error {
	for _, id := range q.returns {
		if l, ok := n.leases[id]; ok {
			delete(n.leases, id)
			l.end()
		}
	}
	for _, it := range q.items {
		a := n.answer(it)
		a.id = q.id
		frame := a.frame(*shareFrames.Get().(*[]byte))
		err := writeFrame(w, frame)
		giveFrame(frame)
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *lender) answer(it Item) *shareAnswer {
	l, err := n.s.lend(it)
	e := l.e
	switch {
	case errors.Is(err, ErrAbsent):
		return &shareAnswer{code: answerAbsent}
	case errors.Is(err, errElsewhere):
		return &shareAnswer{code: shareElsewhere}
	case errors.Is(err, ErrBusy), errors.Is(err, graph.ErrMemory), errors.Is(err, kernels.ErrMemory):
		return &shareAnswer{code: answerBusy}
	case err != nil:
		return &shareAnswer{code: answerFailed, text: validText(err.Error())}
	}
	a := &shareAnswer{code: answerValue, meta: e.meta}
	frame, bytes := len(e.meta), int64(0)
	for _, seg := range e.segs {
		p := sharePiece{size: len(seg)}
		at, shared := n.s.mem.Locate(seg)
		if shared {
			p.at = at
			bytes += int64(len(seg))
			frame += 20
		} else {
			p.inline = seg
			frame += len(seg) + 10
		}
		a.pieces = append(a.pieces, p)
	}
	if frame > maxShareInline {
		l.end()
		return &shareAnswer{code: shareElsewhere}
	}
	n.last++
	a.lease = n.last
	n.leases[a.lease] = l
	n.s.lent.Add(bytes)
	return a
}

// lend returns the encoding of the value of an item, lent.
func (s *shareServer) lend(it Item) (l lent, err error) {
	v, done, err := s.h.Lend(it)
	if err != nil {
		return l, err
	}
	defer v.Release()
	copies := int64(0)
	l.done = func() {
		s.copied.Add(-copies)
		done()
	}
	host, err := toHost(s.h.Copies(), v)
	if err == nil {
		defer host.Release()
		if copies = copiedOf(host); s.copied.Add(copies) > s.most && copies > 0 {
			err = errElsewhere
		} else {
			l.e, err = encode(s.h.Copies(), host)
		}
	}
	if err != nil {
		l.done()
		return lent{}, err
	}
	return l, nil
}

// copiedOf returns how many bytes of v are to be copied to travel: those of blocks
// that are not contiguous.
func copiedOf(v graph.Value) (n int64) {
	switch x := v.(type) {
	case *kernels.Block:
		once, err := onceEach(x)
		if err != nil {
			return 0 // whoever encodes it says why
		}
		defer once.Release()
		if !once.IsContiguous() {
			n = int64(once.Size() * once.DType().Size())
		}
	case graph.List:
		for _, part := range x {
			n += copiedOf(part)
		}
	}
	return n
}
