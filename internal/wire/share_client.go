package wire

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/kernels"
)

// shareRetry is for how long a holder that could not be reached over shared
// memory is not tried again.
const shareRetry = 30 * time.Second

// sharePatience is how long a holder may take to answer a request before the
// rest is fetched over gRPC, which finds out whether it lives.
const sharePatience = 5 * time.Second

// A shareConn is a connection to a holder of this host, with a mapping of its
// file. Both last until the connection is not wanted any more and no lease is
// left, so that nobody ever reads what is not there.
type shareConn struct {
	c      *net.UnixConn
	memory []byte
	mapped *atomic.Int64
	stale  *stale
	borrow func(int64)   // counts what is read now
	broken chan struct{} // closed when nothing more comes

	mu      sync.Mutex
	asked   map[uint64]*shareCall
	last    uint64
	leases  int         // not given back
	returns []uint64    // to be given back
	out     [][]byte    // to be written: frames, or the rest of one
	writing bool        // what was in out
	drops   []stalePart // to be taken out of the page tables
	closing bool        // to end with the last lease
	ended   bool        // it has: nothing of the mapping is read any more
	wake    chan struct{}
}

// A shareCall is a request on its way. Its answers come in order.
type shareCall struct {
	items   int
	answers chan *shareAnswer // has room for all
}

// shareDial connects to the holder that listens at address, on this host.
func shareDial(ctx context.Context, address string, mapped *atomic.Int64, stale *stale, borrow func(int64)) (*shareConn, error) {
	c, memory, err := shareConnect(ctx, address)
	if err != nil {
		return nil, err
	}
	s := &shareConn{
		c: c, memory: memory, mapped: mapped, stale: stale, borrow: borrow, broken: make(chan struct{}),
		asked: map[uint64]*shareCall{}, wake: make(chan struct{}, 1),
	}
	go s.read()
	go s.write()
	return s, nil
}

func (s *shareConn) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// ask sends a request for items.
func (s *shareConn) ask(items []Item) (*shareCall, error) {
	call := &shareCall{items: len(items), answers: make(chan *shareAnswer, len(items))}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil, errNoShare
	}
	s.last++
	s.asked[s.last] = call
	frame := sealFrame((&shareRequest{id: s.last, items: items}).frame())
	if !s.writing && len(s.out) == 0 { // to wake the writer would take longer
		frame = frame[shareTry(s.c, frame):]
	}
	if len(frame) > 0 {
		s.out = append(s.out, frame)
		s.poke()
	}
	return call, nil
}

// reread precedes the reading of pieces of the file, and returns how many bytes of
// them are not in the page tables.
func (s *shareConn) reread(pieces []sharePiece) (cold int64) {
	for _, p := range pieces {
		pages := pagesOf(s, p.at, int64(p.size))
		cold += pages.end - pages.at - s.stale.reread(pages)
	}
	return cold
}

// unread follows it.
func (s *shareConn) unread(pieces []sharePiece) {
	for _, p := range pieces {
		s.stale.unread(pagesOf(s, p.at, int64(p.size)))
	}
}

// drop has pages taken out of the page tables; the file keeps them.
func (s *shareConn) drop(p stalePart) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drops = append(s.drops, p)
	s.poke()
}

// giveBack returns a lease.
func (s *shareConn) giveBack(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leases--
	s.returns = append(s.returns, id)
	s.settle()
}

// close ends the connection once no lease is left. Answers that have not come
// are not waited for: the holder may hang.
func (s *shareConn) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	s.settle()
}

// settle ends the connection if it is time, and wakes the writer. The caller
// holds the lock.
func (s *shareConn) settle() {
	if s.closing && s.leases == 0 && !s.ended {
		s.ended = true
		s.c.Close() // it may be written to
	}
	s.poke()
}

// write sends what there is, and takes out of the page tables what is to be, until
// the end.
func (s *shareConn) write() {
	for range s.wake {
		s.mu.Lock()
		out, returns, drops, end := s.out, s.returns, s.drops, s.ended
		s.out, s.returns, s.drops = nil, nil, nil
		s.writing = true
		s.mu.Unlock()
		if end {
			<-s.broken
			s.stale.forget(s)
			shareUnmap(s.memory)
			return
		}
		for some := range slices.Chunk(returns, maxShareItems) {
			out = append(out, sealFrame((&shareRequest{returns: some}).frame()))
		}
		for _, frame := range out {
			if _, err := s.c.Write(frame); err != nil {
				break // the reader sees it too
			}
		}
		s.mu.Lock()
		s.writing = false
		s.mu.Unlock()
		for _, p := range drops {
			shareDrop(s.memory[p.at:p.end])
		}
	}
}

// read hands answers to who asked, until the connection ends.
func (s *shareConn) read() {
	defer s.abandon()
	r := bufio.NewReaderSize(s.c, 64<<10)
	for {
		frame, err := readFrame(r, *shareFrames.Get().(*[]byte))
		if err != nil {
			return
		}
		a, err := readShareAnswer(frame, int64(len(s.memory)))
		if err != nil {
			return
		}
		if a.memory = frame; !s.deliver(a) {
			return
		}
	}
}

func (s *shareConn) deliver(a *shareAnswer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	call := s.asked[a.id]
	if call == nil || s.ended {
		return false
	}
	if a.code == answerValue {
		s.leases++
	}
	if call.items--; call.items == 0 {
		delete(s.asked, a.id)
	}
	call.answers <- a
	return true
}

// abandon follows the end of the connection: nobody waits for answers any more.
// What was handed over stays readable.
func (s *shareConn) abandon() {
	s.mu.Lock()
	s.asked, s.closing = map[uint64]*shareCall{}, true
	close(s.broken)
	s.settle()
	s.mu.Unlock()
}

// next returns the next answer of a call, or an error if none will come.
func (s *shareConn) next(ctx context.Context, call *shareCall, late *time.Timer) (*shareAnswer, error) {
	select {
	case a := <-call.answers:
		return a, nil
	default:
	}
	select {
	case a := <-call.answers:
		return a, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-late.C:
		return nil, errNoShare
	case <-s.broken:
	}
	select {
	case a := <-call.answers: // it came before the end
		return a, nil
	default:
		return nil, errNoShare
	}
}

// forsake returns the leases of answers that nobody waits for.
func (s *shareConn) forsake(call *shareCall, left int) {
	for range left {
		select {
		case a := <-call.answers:
			s.decline(a)
			continue
		case <-s.broken:
		}
		for { // no more will come
			select {
			case a := <-call.answers:
				s.decline(a)
			default:
				return
			}
		}
	}
}

func (s *shareConn) decline(a *shareAnswer) {
	if a.code == answerValue {
		s.giveBack(a.lease)
	}
}

// fetch fills out with what can be had over shared memory, and returns which
// items are to be fetched elsewhere.
func (s *shareConn) fetch(ctx context.Context, items []Item, limit int64, mem kernels.Allocator, out []Answer) (rest []int, err error) {
	late := time.NewTimer(sharePatience)
	defer late.Stop()
	for from := 0; from < len(items); from += maxShareItems {
		some := items[from:min(from+maxShareItems, len(items))]
		call, err := s.ask(some)
		if err != nil {
			return append(rest, allOf(items, from)...), nil
		}
		for i := range some {
			a, err := s.next(ctx, call, late)
			if err != nil {
				go s.forsake(call, len(some)-i)
				if ctx.Err() != nil {
					return nil, err
				}
				return append(rest, allOf(items, from+i)...), nil
			}
			if a.code == shareElsewhere {
				rest = append(rest, from+i)
				continue
			}
			out[from+i] = s.answer(a, limit, mem)
			giveFrame(a.memory) // what was inline is copied by now
		}
	}
	return rest, nil
}

func allOf(items []Item, from int) (is []int) {
	for i := from; i < len(items); i++ {
		is = append(is, i)
	}
	return is
}

func (s *shareConn) answer(a *shareAnswer, limit int64, mem kernels.Allocator) Answer {
	switch a.code {
	case answerAbsent:
		return Answer{Err: ErrAbsent}
	case answerBusy:
		return Answer{Err: ErrBusy}
	case answerFailed:
		return Answer{Err: fmt.Errorf("wire: %w: %s", ErrTravel, a.text)}
	}
	v, err := s.valueOf(a, limit, mem)
	if err != nil {
		return Answer{Err: err}
	}
	s.mapped.Add(a.lent())
	return Answer{Value: v, Leased: a.lent() > 0}
}
