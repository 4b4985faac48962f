package wire

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// An outgoing value is one that travels in chunks. Each connection that brings
// some takes the next one when it has sent one, so a slow one takes few.
type outgoing struct {
	e      *encoder
	from   memories
	want   wants
	next   atomic.Int64
	users  atomic.Int64 // handlers that send, or have lent, its memory
	packer packer
}

// release follows the end of a handler's use.
func (o *outgoing) release() {
	if o.users.Add(-1) == 0 {
		o.e.release()
	}
}

// send writes chunks that nobody else sends, and the end.
func (o *outgoing) send(w chunkWriter) error {
	var ps [][]byte
	for {
		n := int(o.next.Add(1)) - 1
		if n >= o.from.chunks() {
			_, err := w.Write([]byte{0})
			return err
		}
		ps = o.from.chunk(n, ps[:0])
		if err := o.sendChunk(w, n, ps); err != nil {
			return err
		}
	}
}

// head writes what precedes the chunks.
func (o *outgoing) head(w *frameWriter, number uint64) error {
	if _, err := w.Write(appendNumber(appendNumber(nil, number), uint64(len(o.e.meta)))); err != nil {
		return err
	}
	_, err := w.Write(o.e.meta)
	return err
}

func (o *outgoing) sendChunk(w chunkWriter, n int, ps [][]byte) error {
	head := appendNumber(make([]byte, 0, 24), uint64(n)+1)
	packed := o.packer.pack(ps)
	if packed != nil {
		head = append(head, byte(o.want.pack))
	} else {
		head = append(head, byte(Unpacked))
	}
	if o.want.sums {
		head = binary.LittleEndian.AppendUint32(head, checksum(ps))
	}
	if packed != nil {
		head, ps = appendNumber(head, uint64(len(packed))), [][]byte{packed}
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, p := range ps {
		if err := w.lend(p); err != nil {
			return err
		}
	}
	return nil
}

// outgoings are the values that come beside gRPC, by number.
type outgoings struct {
	mu   sync.Mutex
	last uint64
	at   map[uint64]*outgoing
}

// begin enters a value that sides may bring, where it is to come so. It has one
// user.
func (t *outgoings) begin(e *encoder, want wants) (o *outgoing, number uint64) {
	o = &outgoing{e: e, from: newMemories(e.segs), want: want}
	o.packer.init(want)
	o.users.Store(1)
	if !want.beside(o.from.size()) {
		return o, 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at == nil {
		t.at = map[uint64]*outgoing{}
	}
	t.last++
	t.at[t.last] = o
	return o, t.last
}

// join returns the value of that number with one more user, or nil if nothing of
// it is left to bring.
func (t *outgoings) join(number uint64) *outgoing {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.at[number]
	if o != nil {
		o.users.Add(1)
	}
	return o
}

// end takes a value out that is being brought.
func (t *outgoings) end(number uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.at, number)
}

// chunks answers with a value in chunks. If it has a number, other connections
// bring them: then came waits for the reader to say whether they did.
func (d *DataServer) chunks(w *frameWriter, o *outgoing, number uint64, came func() (bool, error)) error {
	defer d.outgoing.end(number)
	if _, err := w.Write([]byte{answerChunked}); err != nil {
		return err
	}
	if err := o.head(w, number); err != nil {
		return err
	}
	if number != 0 {
		if err := w.flush(); err != nil {
			return err
		}
		if done, err := came(); done || err != nil {
			return err
		}
	}
	return o.send(w)
}
