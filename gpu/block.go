package gpu

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A Block is a block that lives on a device: its elements lie there in
// row-major order. If other blocks need the room, they are moved to host memory
// until a call on the device needs them again. It implements graph.Value, and
// is immutable as all values are.
type Block struct {
	refs  atomic.Int64
	mem   *buffer // one reference
	dtype kernels.DType
	shape []int
}

// alloc returns a block of anything. The error wraps graph.ErrMemory if the
// device has no room for it.
func (l *Lane) alloc(t kernels.DType, shape []int) (*Block, error) {
	bytes := int64(t.Size())
	for _, n := range shape {
		bytes *= int64(n)
	}
	p, err := l.room(bytes)
	if err != nil {
		return nil, fmt.Errorf("block of %v %v: %w", t, shape, err)
	}
	return newBlock(l.enter(p, bytes), t, shape), nil
}

// newBlock takes over a reference to m.

func newBlock(m *buffer, t kernels.DType, shape []int) *Block {
	b := &Block{mem: m, dtype: t, shape: slices.Clone(shape)}
	b.refs.Store(1)
	return b
}

// reshaped returns a block of the same elements in another shape.
func (b *Block) reshaped(shape []int) *Block {
	b.mem.retain()
	return newBlock(b.mem, b.dtype, shape)
}

func (b *Block) at() device.Ptr { return b.mem.at() }

// DType returns the type of the elements.
func (b *Block) DType() kernels.DType { return b.dtype }

// Shape returns the length of each axis. The caller must not change it.
func (b *Block) Shape() []int { return b.shape }

// Size returns the number of elements.
func (b *Block) Size() int { return product(b.shape) }

// Lane returns the lane of the device that the block is on.
func (b *Block) Lane() *Lane { return b.mem.lane }

// Bytes is the memory that the block keeps alive, on the device, or where it was
// evicted to.
func (b *Block) Bytes() int64 { return b.mem.bytes }

// Retain adds a reference.
func (b *Block) Retain() {
	if b.refs.Add(1) <= 1 {
		panic(fmt.Sprintf("gpu: Retain of %v, which was released", b))
	}
}

// Release drops a reference; with the last one the device memory is free, once
// what the device is doing is done.
func (b *Block) Release() {
	switch n := b.refs.Add(-1); {
	case n < 0:
		panic(fmt.Sprintf("gpu: Release of %v, which was released", b))
	case n == 0:
		b.mem.release()
	}
}

// String shows the type, the shape and the lane.
func (b *Block) String() string { return fmt.Sprintf("%v%v on %s", b.dtype, b.shape, b.mem.lane.name) }

// ToHost returns a copy in host memory from mem: a *kernels.Block. Kernels may
// run meanwhile. The copy of an evicted block does not need the device. The
// caller releases the copy, and keeps its reference to b.
func (b *Block) ToHost(mem kernels.Allocator) (graph.Value, error) {
	host, err := kernels.NewBlock(mem, b.dtype, b.shape...)
	if err != nil {
		return nil, err
	}
	if err := b.mem.read(kernels.Payload(host)); err != nil {
		host.Release()
		return nil, fmt.Errorf("block of %v %v to the host: %w", b.dtype, b.shape, err)
	}
	return host, nil
}

// ToHost returns v with everything that is on a device copied to host memory
// from mem; v itself, with one more reference, if nothing is. The caller
// releases the result.
func ToHost(mem kernels.Allocator, v graph.Value) (graph.Value, error) {
	switch x := v.(type) {
	case *Block:
		return x.ToHost(mem)
	case graph.List:
		out := make(graph.List, 0, len(x))
		for _, part := range x {
			h, err := ToHost(mem, part)
			if err != nil {
				out.Release()
				return nil, err
			}
			out = append(out, h)
		}
		return out, nil
	}
	v.Retain()
	return v, nil
}

func product(xs []int) int {
	p := 1
	for _, x := range xs {
		p *= x
	}
	return p
}
