package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"sync"

	"github.com/ashlar-go/ashlar/graph"
)

// Between processes of one host a value is handed over where it lies: the
// holder says where in its shared file the pieces are, and the reader builds the
// value over its own mapping of that file. They talk over a unix socket, whose
// abstract name is the address of the data service, so that nothing is left
// behind by a crash.
//
// The holder begins with the size of the file and its descriptor. Then frames go
// both ways, each with its length before it. The reader's are requests and
// returns of leases; the holder answers the items of a request in order, one
// frame each. What was handed over is the reader's until it returns the lease,
// or until its socket closes.
//
// What was read stays in the reader's page tables, as much as it is allowed (see
// stale), since holders use memory again; what is not there is brought ahead of
// whoever begins to read. Two-mebibyte pages would make both cheap: the system
// decides on those (transparent_hugepage/shmem_enabled=advise), and holders ask.
//
// Pieces that are not in the file, which are small, travel in the frame. A value
// with much of that kind is answered with shareElsewhere, and fetched over gRPC.

// errNoShare: memory cannot be shared with that holder.
var errNoShare = errors.New("no shared memory")

// A Sharer is memory that other processes of the host can map.
type Sharer interface {
	// File returns the file and its size. It is sealed against shrinking.
	File() (f *os.File, size int64)
	// Locate returns where in the file b lies; ok is false if it is other
	// memory.
	Locate(b []byte) (at int64, ok bool)
}

const (
	shareVersion = 1
	// maxShareFrame bounds a frame.
	maxShareFrame = 1 << 20
	// maxShareInline bounds what travels of a value in its frame.
	maxShareInline = 256 << 10
	// maxShareItems bounds a request.
	maxShareItems = 4096
)

// Frames of a reader.
const (
	shareFetch   byte = 1 // request, items
	shareReturns byte = 2 // leases
)

// shareElsewhere answers, beside the codes of the data service, for an item that
// is to be fetched over gRPC.
const shareElsewhere byte = 0x7f

// sealFrame puts the length of b before it, where there is room for that.
func sealFrame(b []byte) []byte {
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

// writeFrame writes b with its length before it.
func writeFrame(w io.Writer, b []byte) error {
	_, err := w.Write(sealFrame(b))
	return err
}

// shareFrames has memory of frames, much of which is values: to leave it to the
// collector took as much again as these.
var shareFrames = sync.Pool{New: func() any { return new([]byte) }}

// giveFrame ends the use of memory that came from shareFrames.
func giveFrame(b []byte) {
	if cap(b) > 0 {
		shareFrames.Put(&b)
	}
}

// newFrame returns a frame of a kind, to be filled.
func newFrame(kind byte) []byte { return []byte{0, 0, 0, 0, kind} }

// readFrame reads a frame into b, if that has room, and returns it.
func readFrame(r io.Reader, b []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.LittleEndian.Uint32(head[:]))
	if n == 0 || n > maxShareFrame {
		return nil, fmt.Errorf("wire: %w: a frame of %d bytes", ErrEncoding, n)
	}
	if cap(b) < n {
		b = make([]byte, n, 1<<bits.Len(uint(n-1)))
	}
	_, err := io.ReadFull(r, b[:n])
	return b[:n], cutOff(err)
}

// A shareRequest is a frame of a reader.
type shareRequest struct {
	id      uint64
	items   []Item
	returns []uint64
}

func (q *shareRequest) frame() []byte {
	if len(q.returns) > 0 {
		b := newFrame(shareReturns)
		b = appendNumber(b, uint64(len(q.returns)))
		for _, l := range q.returns {
			b = appendNumber(b, l)
		}
		return b
	}
	b := appendNumber(newFrame(shareFetch), q.id)
	b = appendNumber(b, uint64(len(q.items)))
	for _, it := range q.items {
		b = appendNumber(b, uint64(it.Task))
		b = appendNumber(b, uint64(max(it.Part, -1)+1))
	}
	return b
}

func readShareRequest(frame []byte) (*shareRequest, error) {
	q := &shareRequest{}
	r := &metaReader{b: frame[1:]}
	switch frame[0] {
	case shareFetch:
		q.id = r.number64("request")
		for range r.number("items", maxShareItems) {
			if r.err != nil {
				break
			}
			q.items = append(q.items, Item{graph.TaskID(r.number64("task")), int32(r.number("part", 1<<31-1)) - 1})
		}
	case shareReturns:
		for range r.count("leases") {
			q.returns = append(q.returns, r.number64("lease"))
		}
	default:
		r.fail("frame of kind %d", frame[0])
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes after a request", len(r.b))
	}
	return q, r.err
}

// A sharePiece is a part of the payload of a value.
type sharePiece struct {
	size   int
	inline []byte // else it is in the file
	at     int64
}

// A shareAnswer is a frame of a holder.
type shareAnswer struct {
	id     uint64
	code   byte
	lease  uint64 // with answerValue, like what follows
	meta   []byte
	pieces []sharePiece
	text   string // with answerFailed
	memory []byte // of shareFrames, in which meta and what is inline are; or nil
}

// lent is how many bytes of the file the value has.
func (a *shareAnswer) lent() (n int64) {
	for i := range a.pieces {
		if a.pieces[i].inline == nil {
			n += int64(a.pieces[i].size)
		}
	}
	return n
}

// places returns the pieces that are in the file.
func (a *shareAnswer) places() (ps []sharePiece) {
	for i := range a.pieces {
		if a.pieces[i].inline == nil {
			ps = append(ps, a.pieces[i])
		}
	}
	return ps
}

// frame returns the answer as a frame, in the memory of b if that has room.
func (a *shareAnswer) frame(b []byte) []byte {
	b = appendNumber(append(b[:0], 0, 0, 0, 0, a.code), a.id)
	switch a.code {
	case answerFailed:
		b = append(appendNumber(b, uint64(len(a.text))), a.text...)
	case answerValue:
		b = appendNumber(b, a.lease)
		b = append(appendNumber(b, uint64(len(a.meta))), a.meta...)
		b = appendNumber(b, uint64(len(a.pieces)))
		for i := range a.pieces {
			p := &a.pieces[i]
			b = appendNumber(b, uint64(p.size))
			if p.inline != nil {
				b = append(append(b, 1), p.inline...)
			} else {
				b = appendNumber(append(b, 0), uint64(p.at))
			}
		}
	}
	return b
}

// readShareAnswer reads an answer about a file of the size given.
func readShareAnswer(frame []byte, file int64) (*shareAnswer, error) {
	a := &shareAnswer{code: frame[0]}
	r := &metaReader{b: frame[1:]}
	a.id = r.number64("request")
	switch a.code {
	case answerAbsent, answerBusy, shareElsewhere:
	case answerFailed:
		a.text = string(r.bytes("text"))
	case answerValue:
		a.lease = r.number64("lease")
		a.meta = r.bytes("description")
		for range r.count("pieces") {
			if a.pieces = append(a.pieces, r.sharePiece(file)); r.err != nil {
				break
			}
		}
	default:
		r.fail("answer code %d", a.code)
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes after an answer", len(r.b))
	}
	return a, r.err
}

func (r *metaReader) sharePiece(file int64) sharePiece {
	p := sharePiece{size: r.number("size of a piece", uint64(file)+maxShareFrame)}
	if r.byte("place of a piece") == 0 {
		if p.at = int64(r.number("place of a piece", uint64(file))); r.err == nil && int64(p.size) > file-p.at {
			r.fail("a piece of %d bytes at %d of a file of %d", p.size, p.at, file)
		}
		return p
	}
	if p.size > len(r.b) {
		r.fail("a piece of %d bytes in a frame", p.size)
		return p
	}
	p.inline, r.b = r.b[:p.size:p.size], r.b[p.size:]
	return p
}

// number64 returns the next number.
func (r *metaReader) number64(what string) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail("%s is cut off", what)
		return 0
	}
	r.b = r.b[n:]
	return v
}
