package array

import (
	"crypto/sha256"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/mat"
)

// local is an array whose elements the caller holds.
type local struct {
	meta
	block *kernels.Block
}

// FromBlock makes an array of a block that the caller holds, cut as the options
// say (DType does not apply). The array borrows the block, which must not be
// released or changed before what is built from it has been computed.
func FromBlock(b *kernels.Block, opts ...Option) *Array {
	c, _, bad := layout("from block", b.Shape(), append(opts, DType(b.DType())))
	if bad != nil {
		return bad
	}
	return fromNode(&local{newMeta("block", c, b.DType(), fingerprint(b)), b})
}

// FromSlice makes an array of numbers in row-major order. It borrows data.
func FromSlice[T kernels.Element](data []T, shape []int, opts ...Option) *Array {
	b, err := kernels.FromSlice(data, shape...)
	if err != nil {
		return fail("from slice", "%w", err)
	}
	return FromBlock(b, opts...)
}

// FromDense makes an array of a gonum matrix. It borrows the matrix.
func FromDense(m *mat.Dense, opts ...Option) *Array { return FromBlock(kernels.FromDense(m), opts...) }

// fingerprint is a hash of the elements, so that equal data has equal keys.
func fingerprint(b *kernels.Block) []byte {
	h := sha256.New()
	if b.IsContiguous() {
		h.Write(kernels.Payload(b))
		return h.Sum(nil)
	}
	c, err := kernels.Contiguous(kernels.DefaultAllocator(), b)
	if err != nil { // no memory for a copy: a key that nothing else has
		k := graph.RandomKey("block")
		return k.Hash[:]
	}
	defer c.Release()
	h.Write(kernels.Payload(c))
	return h.Sum(nil)
}

func (n *local) lower(l *lowering, at []int) graph.Dep {
	shape, offset := n.chunks.Block(at), n.chunks.Offset(at)
	s := kernels.SliceSpec{Start: offset, Count: shape, Step: make([]int, len(shape)), Drop: make([]bool, len(shape))}
	for i := range s.Step {
		s.Step[i] = 1
		if shape[i] == 0 {
			s.Start[i] = 0
		}
	}
	piece, err := n.block.Slice(s)
	if err != nil {
		panic(fmt.Sprintf("array: cutting %v at %v: %v", n.block, at, err)) // the chunks are those of the block
	}
	return l.b.Literal(n.key.With(place(at)), piece).Whole()
}

// fromTasks is an array whose blocks others know how to make.
type fromTasks struct {
	meta
	make func(b *graph.Builder, at []int) graph.Dep
}

// FromTasks makes an array whose block at each place is what task adds to a
// graph there: a value that is a block of the shape and type promised. The key
// names the content: equal keys must mean equal elements.
func FromTasks(key graph.Key, c Chunks, t kernels.DType, task func(b *graph.Builder, at []int) graph.Dep) *Array {
	return fromNode(&fromTasks{newMeta(key.Name, c, t, key.Hash[:]), task})
}

func (n *fromTasks) lower(l *lowering, at []int) graph.Dep { return n.make(l.b, at) }

// join copies the blocks of chunked elements, in row-major order of their
// places, into one block.
func join(mem kernels.Allocator, t kernels.DType, c Chunks, blocks []*kernels.Block) (*kernels.Block, error) {
	out, err := kernels.NewBlock(mem, t, c.Shape()...)
	if err != nil {
		return nil, err
	}
	i := 0
	each(c.Grid(), func(at []int) {
		if err == nil {
			err = kernels.AssignAt(out, c.Offset(at), blocks[i])
		}
		i++
	})
	if err != nil {
		out.Release()
		return nil, err
	}
	return out, nil
}
