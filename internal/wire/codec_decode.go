package wire

import (
	"fmt"
	"io"
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A plan is what a description says: how many bytes of payload each leaf has,
// and what to make of them.
type plan struct {
	size  int // of the payload of a leaf
	build func(payload) (graph.Value, error)
	raw   bool
	parts []*plan // of a list; then the rest is not set
	list  bool
}

// A planner reads a description. What it holds may come from anywhere.
type planner struct {
	metaReader
	limit int64 // of the payload, in bytes
	total int64
}

// readPlan returns the plan of a description. A value of more than limit bytes
// is an error.
func readPlan(meta []byte, limit int64) (*plan, error) {
	p := &planner{metaReader: metaReader{b: meta}, limit: limit}
	v := p.value(0)
	if p.err == nil && len(p.b) > 0 {
		p.fail("%d bytes after the description", len(p.b))
	}
	return v, p.err
}

func (p *planner) value(depth int) *plan {
	switch kind := p.byte("kind of value"); {
	case p.err != nil:
	case kind == kindRaw:
		return p.leaf(&plan{raw: true, size: p.number("length", math.MaxInt64)})
	case kind == kindBlock:
		return p.block()
	case kind == kindTable:
		return p.table()
	case kind == kindList && depth < maxDepth:
		v := &plan{list: true}
		for range p.count("parts of a list") {
			if v.parts = append(v.parts, p.value(depth+1)); p.err != nil {
				return nil
			}
		}
		return v
	default:
		p.fail("kind of value %d, %d lists deep", kind, depth)
	}
	return nil
}

// leaf counts the payload of v.
func (p *planner) leaf(v *plan) *plan {
	if v == nil || p.err != nil {
		return nil
	}
	if int64(v.size) > p.limit-p.total {
		p.err = fmt.Errorf("wire: a value of %d bytes and more does not fit the limit of %d: %w", int64(v.size)+p.total, p.limit, graph.ErrMemory)
		return nil
	}
	p.total += int64(v.size)
	return v
}

func (p *planner) block() *plan {
	t := kernels.DType(p.byte("element type"))
	if p.err == nil && !t.Valid() {
		p.fail("element type %v", t)
	}
	n := p.count("axes")
	shape, once := make([]int, n), make([]int, n)
	size := 1
	if t.Valid() {
		size = t.Size()
	}
	for i := range n {
		shape[i] = p.number("length of an axis", math.MaxInt)
		once[i] = shape[i]
		if p.byte("repetition") != 0 {
			once[i] = 1
		}
		size = p.product(size, once[i])
	}
	build := func(from payload) (graph.Value, error) {
		buf, err := from.slice(0, size)
		if err != nil {
			return nil, err
		}
		defer buf.Release()
		b, err := kernels.FromBuffer(buf, t, once...)
		if err != nil {
			return nil, err
		}
		defer b.Release()
		return b.Broadcast(shape...)
	}
	return p.leaf(&plan{size: size, build: func(from payload) (graph.Value, error) {
		v, err := build(from)
		if err != nil {
			return nil, fmt.Errorf("wire: %w: %w", ErrEncoding, err)
		}
		return v, nil
	}})
}

// product returns a·b, which must be a size.
func (p *planner) product(a, b int) int {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt64/2 {
		p.fail("%d times %d bytes", a, b)
		return 0
	}
	return int(lo)
}

// receive makes the value of v, whose payload comes from r, in memory from mem.
func (v *plan) receive(r io.Reader, mem kernels.Allocator) (graph.Value, error) {
	switch {
	case v.list:
		out := make(graph.List, 0, len(v.parts))
		for _, part := range v.parts {
			x, err := part.receive(r, mem)
			if err != nil {
				out.Release()
				return nil, err
			}
			out = append(out, x)
		}
		return out, nil
	case v.raw:
		raw := make(graph.Raw, v.size)
		if err := fill(r, raw); err != nil {
			return nil, err
		}
		return raw, nil
	}
	b, err := receiveBuffer(mem, v.size)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	if err := fill(r, b.Bytes()); err != nil {
		return nil, err
	}
	return v.build(gathered{b})
}

// receiveBuffer allocates a buffer of arbitrary contents.
func receiveBuffer(mem kernels.Allocator, size int) (*memory.Buffer, error) {
	if size == 0 {
		return memory.NewBufferBytes([]byte{}), nil
	}
	var data []byte
	if d, ok := mem.(kernels.DirtyAllocator); ok {
		data = d.AllocateDirty(size)
	} else {
		data = mem.Allocate(size)
	}
	if len(data) < size {
		return nil, fmt.Errorf("wire: no memory for a value of %d bytes: %w", size, graph.ErrMemory)
	}
	return memory.NewBufferWithAllocator(data[:size], mem), nil
}
