package wire

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// scattered is the payload of a leaf in pieces, some of which are in the file.
type scattered struct {
	lease  *lease
	file   []byte
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
			return s.lease.buffer(s.file[p.at : p.at+int64(size) : p.at+int64(size)]), nil
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
	file   []byte
	mem    kernels.Allocator
	pieces []sharePiece
}

// valueOf builds the value of an answer.
func (c *shareConn) valueOf(a *shareAnswer, limit int64, mem kernels.Allocator) (graph.Value, error) {
	n := a.lent()
	if c.borrow != nil {
		c.borrow(n)
	}
	pieces := a.places()
	cold := c.reread(pieces)
	l := newLease(func() {
		c.unread(pieces)
		if c.borrow != nil {
			c.borrow(-n)
		}
		c.giveBack(a.lease)
	})
	defer l.done()
	p, err := readPlan(a.meta, limit)
	if err != nil {
		return nil, err
	}
	s := &sharedPlan{l, c.memory, mem, a.pieces}
	v, err := s.build(p)
	if err == nil && len(s.pieces) > 0 {
		v.Release()
		err = fmt.Errorf("wire: %w: %d pieces after a value", ErrEncoding, len(s.pieces))
	}
	if err == nil && cold >= aheadFrom {
		l.uses.Add(1)
		go c.ahead(l, pieces)
	}
	return v, err
}

const (
	// aheadFrom is from how many bytes that are not in the page tables on it is
	// worth a goroutine to bring them there: a reader that faults all of a value
	// in by itself is a fifth slower or more.
	aheadFrom = 4 << 20
	// aheadStep is how much is brought at once.
	aheadStep = 2 << 20
)

// ahead brings pieces into the page tables while somebody begins to read them, and
// ends its use of the lease.
func (c *shareConn) ahead(l *lease, pieces []sharePiece) {
	defer l.done()
	for _, p := range pieces {
		pages := pagesOf(c, p.at, int64(p.size))
		for at := pages.at; at < pages.end; at += aheadStep {
			if l.uses.Load() == 1 || !sharePopulate(c.memory[at:min(at+aheadStep, pages.end)]) {
				return
			}
		}
	}
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
				x.inline = s.file[x.at : x.at+int64(x.size)]
			}
			raw = append(raw, x.inline...)
		}
		return raw, nil
	}
	return p.build(leaf)
}

// take takes pieces of size bytes together.
func (s *sharedPlan) take(size int) (*scattered, error) {
	leaf := &scattered{lease: s.lease, file: s.file, mem: s.mem}
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
