package wire

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// An Encoding is a value as it travels and as it is kept on disk: a description,
// which is small, and its memory, as it is.
type Encoding struct{ e *encoder }

// Encode returns the encoding of v, to be released. What of v is not contiguous
// is copied into memory from mem. The error wraps [ErrTravel] if v has no
// encoding.
func Encode(mem kernels.Allocator, v graph.Value) (*Encoding, error) {
	e, err := encode(mem, v)
	if err != nil {
		return nil, err
	}
	return &Encoding{e}, nil
}

// Meta returns the description.
func (e *Encoding) Meta() []byte { return e.e.meta }

// Pieces returns the memory. End to end, the pieces are what [Over] wants.
func (e *Encoding) Pieces() [][]byte {
	var out [][]byte
	size, leaf := 0, 0
	for i, p := range e.e.segs {
		for leaf < len(e.e.first) && e.e.first[leaf] <= i {
			if pad := -size & (alignment - 1); pad > 0 {
				out = append(out, padding[:pad])
				size += pad
			}
			leaf++
		}
		out = append(out, p)
		size += len(p)
	}
	return out
}

// Release gives the memory up.
func (e *Encoding) Release() { e.e.release() }

// Over returns the value that meta describes over payload, which stays as it is
// until done is called: when nothing of the value is in use any more, or at once
// if there is an error. The value is only to be read; what of it has to be
// changed is copied into memory from mem.
func Over(meta, payload []byte, mem kernels.Allocator, done func()) (graph.Value, error) {
	l := newLease(done)
	defer l.done()
	p, err := readPlan(meta, DefaultLimit)
	if err != nil {
		return nil, err
	}
	o := &overlay{lease: l, mem: mem, rest: payload}
	v, err := o.build(p)
	if err == nil && len(o.rest) > 0 {
		v.Release()
		err = fmt.Errorf("wire: %w: %d bytes after a value", ErrEncoding, len(o.rest))
	}
	return v, err
}

// An overlay builds a value over memory.
type overlay struct {
	lease *lease
	mem   kernels.Allocator
	rest  []byte
	at    int // where rest begins
}

func (o *overlay) build(p *plan) (graph.Value, error) {
	if p.list {
		out := make(graph.List, 0, len(p.parts))
		for _, part := range p.parts {
			v, err := o.build(part)
			if err != nil {
				out.Release()
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	if p.size > 0 {
		o.skip(min(-o.at&(alignment-1), len(o.rest)))
	}
	if p.size > len(o.rest) {
		return nil, fmt.Errorf("wire: %w: %d bytes for a leaf of %d", ErrEncoding, len(o.rest), p.size)
	}
	leaf := o.rest[:p.size:p.size]
	o.skip(p.size)
	if p.raw {
		return append(make(graph.Raw, 0, len(leaf)), leaf...), nil
	}
	return p.build(&overlaid{o, leaf})
}

func (o *overlay) skip(n int) {
	o.at += n
	o.rest = o.rest[n:]
}

// overlaid is the payload of one leaf.
type overlaid struct {
	o    *overlay
	leaf []byte
}

func (l *overlaid) slice(at, size int) (*memory.Buffer, error) {
	if size == 0 {
		return memory.NewBufferBytes([]byte{}), nil
	}
	return l.o.lease.buffer(l.leaf[at : at+size : at+size]), nil
}

func (l *overlaid) own(b *memory.Buffer) (*memory.Buffer, error) { return copied(l.o.mem, b) }
