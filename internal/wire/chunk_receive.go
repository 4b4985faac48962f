package wire

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// An incoming value is one that comes in chunks, over one connection or several.
type incoming struct {
	plan    *plan
	leaves  []*memory.Buffer // of those that are not raw, in order
	raws    []graph.Raw
	into    memories
	sums    bool
	claimed []atomic.Bool // by chunk: somebody brings it
	landed  atomic.Int64  // chunks that are there
	stored  atomic.Int64  // bytes that came

	mu  sync.Mutex
	bad error // what is wrong with it
}

// newIncoming makes room for a value.
func newIncoming(p *plan, sums bool, mem kernels.Allocator) (*incoming, error) {
	in := &incoming{plan: p, sums: sums}
	var of [][]byte
	err := p.eachLeaf(func(leaf *plan) error {
		if leaf.raw {
			raw := make(graph.Raw, leaf.size)
			in.raws, of = append(in.raws, raw), append(of, raw)
			return nil
		}
		b, err := receiveBuffer(mem, leaf.size)
		if err == nil {
			in.leaves, of = append(in.leaves, b), append(of, b.Bytes())
		}
		return err
	})
	if err != nil {
		in.release()
		return nil, err
	}
	in.into = newMemories(of)
	in.claimed = make([]atomic.Bool, in.into.chunks())
	return in, nil
}

func (in *incoming) release() {
	for _, b := range in.leaves {
		b.Release()
	}
}

// complete reports whether all chunks are there.
func (in *incoming) complete() bool { return int(in.landed.Load()) == len(in.claimed) }

// spoil notes what is wrong with the value; what follows it in the stream is not
// touched by that.
func (in *incoming) spoil(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.bad == nil {
		in.bad = err
	}
}

// read reads the chunks that one stream brings.
func (in *incoming) read(r chunkReader) error {
	began := r.count()
	defer func() { in.stored.Add(r.count() - began) }()
	var ps [][]byte
	for {
		n, err := readNumber(r, uint64(len(in.claimed)))
		if err != nil || n == 0 {
			return err
		}
		if in.claimed[n-1].Swap(true) {
			return fmt.Errorf("wire: %w: chunk %d came twice", ErrEncoding, n-1)
		}
		ps = in.into.chunk(int(n)-1, ps[:0])
		if err := in.readChunk(r, int(n)-1, ps); err != nil {
			return cutOff(err)
		}
		in.landed.Add(1)
	}
}

func (in *incoming) readChunk(r chunkReader, n int, ps [][]byte) error {
	kind, err := r.ReadByte()
	if err != nil {
		return err
	}
	var want [4]byte
	if in.sums {
		if _, err := io.ReadFull(r, want[:]); err != nil {
			return err
		}
	}
	if kind == byte(Unpacked) {
		if err := r.fill(ps...); err != nil {
			return err
		}
	} else if err := in.unpack(r, Packing(kind), ps); err != nil {
		return err
	}
	if !in.sums {
		return nil
	}
	if want, got := binary.LittleEndian.Uint32(want[:]), checksum(ps); want != got {
		in.spoil(damaged(n, want, got))
	}
	return nil
}

// unpack reads a packed chunk.
func (in *incoming) unpack(r chunkReader, kind Packing, ps [][]byte) error {
	size, err := readNumber(r, chunkSize)
	if err != nil {
		return err
	}
	packed := make([]byte, size)
	if _, err := io.ReadFull(r, packed); err != nil {
		return err
	}
	if err := kind.unpack(ps, packed); err != nil {
		if !in.sums {
			return fmt.Errorf("wire: %w: %w", ErrEncoding, err)
		}
		in.spoil(fmt.Errorf("%w: %w", ErrDamaged, err))
	}
	return nil
}

// value returns the value, whose chunks are all there, or what is wrong with it.
func (in *incoming) value() (graph.Value, error) {
	if in.bad != nil {
		return nil, in.bad
	}
	leaves, raws := in.leaves, in.raws
	return in.plan.assemble(func(leaf *plan) (graph.Value, error) {
		if leaf.raw {
			raw := raws[0]
			raws = raws[1:]
			return raw, nil
		}
		b := leaves[0]
		leaves = leaves[1:]
		return leaf.build(gathered{b})
	})
}

// eachLeaf calls f with the leaves of v in order.
func (v *plan) eachLeaf(f func(*plan) error) error {
	if !v.list {
		return f(v)
	}
	for _, part := range v.parts {
		if err := part.eachLeaf(f); err != nil {
			return err
		}
	}
	return nil
}

// assemble makes the value of v from those of its leaves.
func (v *plan) assemble(leaf func(*plan) (graph.Value, error)) (graph.Value, error) {
	if !v.list {
		return leaf(v)
	}
	out := make(graph.List, 0, len(v.parts))
	for _, part := range v.parts {
		x, err := part.assemble(leaf)
		if err != nil {
			out.Release()
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
