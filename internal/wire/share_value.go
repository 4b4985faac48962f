package wire

import (
	"fmt"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A lease is a value of a holder that is read where it lies. It ends when the
// last buffer over it is freed.
type lease struct {
	c    *shareConn
	id   uint64
	uses atomic.Int64
}

// done takes back one use.
func (l *lease) done() {
	if l.uses.Add(-1) == 0 {
		l.c.giveBack(l.id)
	}
}

// A lease is the allocator of the buffers over it, which are never asked for
// more.
var _ memory.Allocator = (*lease)(nil)

func (l *lease) Allocate(int) []byte           { panic("wire: a lease is not for allocating") }
func (l *lease) Reallocate(int, []byte) []byte { panic("wire: a lease is not for allocating") }
func (l *lease) Free([]byte)                   { l.done() }
func (l *lease) buffer(b []byte) *memory.Buffer {
	l.uses.Add(1)
	return memory.NewBufferWithAllocator(b, l)
}

// scattered is the payload of a leaf in pieces, some of which are a lease.
type scattered struct {
	lease  *lease
	mem    kernels.Allocator // for what is not
	pieces []sharePiece
	at     []int // of each piece in the payload
}

func (s *scattered) slice(at, size int) (*memory.Buffer, error) {
	if size == 0 {
		return memory.NewBufferBytes([]byte{}), nil
	}
	for i, p := range s.pieces {
		if s.at[i] != at {
			continue
		}
		if p.size != size {
			break
		}
		if p.inline == nil {
			return s.lease.buffer(s.lease.c.memory[p.at : p.at+int64(size) : p.at+int64(size)]), nil
		}
		b, err := receiveBuffer(s.mem, size)
		if err == nil {
			copy(b.Bytes(), p.inline)
		}
		return b, err
	}
	return nil, fmt.Errorf("no piece of %d bytes at %d", size, at)
}

func (s *scattered) own(b *memory.Buffer) (*memory.Buffer, error) { return copied(s.mem, b) }

// A sharedPlan builds a value from the pieces of an answer.
type sharedPlan struct {
	lease  *lease
	mem    kernels.Allocator
	pieces []sharePiece
}

// valueOf builds the value of an answer.
func (c *shareConn) valueOf(a *shareAnswer, limit int64, mem kernels.Allocator) (graph.Value, error) {
	l := &lease{c: c, id: a.lease}
	l.uses.Store(1)
	defer l.done()
	p, err := readPlan(a.meta, limit)
	if err != nil {
		return nil, err
	}
	s := &sharedPlan{l, mem, a.pieces}
	v, err := s.build(p)
	if err == nil && len(s.pieces) > 0 {
		v.Release()
		err = fmt.Errorf("wire: %w: %d pieces after a value", ErrEncoding, len(s.pieces))
	}
	return v, err
}

func (s *sharedPlan) build(p *plan) (graph.Value, error) {
	if p.list {
		out := make(graph.List, 0, len(p.parts))
		for _, part := range p.parts {
			v, err := s.build(part)
			if err != nil {
				out.Release()
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	leaf, err := s.take(p.size)
	if err != nil {
		return nil, err
	}
	if p.raw {
		raw := make(graph.Raw, 0, p.size)
		for _, x := range leaf.pieces {
			if x.inline == nil {
				x.inline = s.lease.c.memory[x.at : x.at+int64(x.size)]
			}
			raw = append(raw, x.inline...)
		}
		return raw, nil
	}
	return p.build(leaf)
}

// take takes pieces of size bytes together.
func (s *sharedPlan) take(size int) (*scattered, error) {
	leaf := &scattered{lease: s.lease, mem: s.mem}
	n := 0
	for at := 0; at < size; n++ {
		if n == len(s.pieces) || s.pieces[n].size > size-at {
			return nil, fmt.Errorf("wire: %w: pieces do not make a leaf of %d bytes", ErrEncoding, size)
		}
		leaf.at = append(leaf.at, at)
		at += s.pieces[n].size
	}
	leaf.pieces, s.pieces = s.pieces[:n:n], s.pieces[n:]
	return leaf, nil
}
