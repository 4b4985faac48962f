package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// The kinds of value that have an encoding. A value is a description, which is
// small, and a payload: the memory of its leaves, in order, as it is. Lengths
// and shapes are in the description, so that whoever reads it can have the
// right memory ready before the payload comes.
const (
	kindRaw   byte = 1 // length
	kindBlock byte = 2 // element type, axes, length of each, which are repeated
	kindTable byte = 3 // schema, rows, columns
	kindList  byte = 4 // parts, each a value
)

// maxDepth bounds lists in lists, and columns in columns.
const maxDepth = 32

// alignment is where the pieces of a table start in its payload.
const alignment = kernels.Alignment

// An encoder describes values and gathers pointers to their memory.
type encoder struct {
	mem   kernels.Allocator // of copies of what is not contiguous
	meta  []byte
	segs  [][]byte
	leaf  int   // bytes of the payload of the leaf so far
	first []int // of segs, in each leaf
	holds graph.List
}

// encode returns the encoding of v, which is good until it is released.
func encode(mem kernels.Allocator, v graph.Value) (*encoder, error) {
	e := &encoder{mem: mem}
	v.Retain()
	e.holds = append(e.holds, v)
	if err := e.value(v, 0); err != nil {
		e.release()
		return nil, err
	}
	return e, nil
}

// release gives up the memory that segs point to.
func (e *encoder) release() {
	e.holds.Release()
	e.holds, e.segs = nil, nil
}

// begin starts a leaf.
func (e *encoder) begin() {
	e.leaf = 0
	e.first = append(e.first, len(e.segs))
}

func (e *encoder) value(v graph.Value, depth int) error {
	switch x := v.(type) {
	case graph.Raw:
		e.begin()
		e.meta = append(e.meta, kindRaw)
		e.number(len(x))
		e.seg(x)
		return nil
	case *kernels.Block:
		e.begin()
		return e.block(x)
	case *kernels.Table:
		e.begin()
		return e.table(x)
	case graph.List:
		if depth == maxDepth {
			return fmt.Errorf("wire: %w: lists in lists, more than %d deep", ErrTravel, maxDepth)
		}
		e.meta = append(e.meta, kindList)
		e.number(len(x))
		for _, part := range x {
			if err := e.value(part, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return Travels(v)
}

// block writes a block. An axis that repeats one position travels as that
// position; what is not contiguous then is copied.
func (e *encoder) block(b *kernels.Block) error {
	e.meta = append(e.meta, kindBlock, byte(b.DType()))
	e.number(b.NDim())
	once, err := onceEach(b)
	if err != nil {
		return err
	}
	defer once.Release()
	for i, n := range b.Shape() {
		repeated := byte(0)
		if once.Shape()[i] != n {
			repeated = 1
		}
		e.number(n)
		e.meta = append(e.meta, repeated)
	}
	dense, err := kernels.Contiguous(e.mem, once)
	if err != nil {
		return fmt.Errorf("wire: encoding %v: %w", b, err)
	}
	e.holds = append(e.holds, dense)
	e.seg(kernels.Payload(dense))
	return nil
}

// onceEach returns b with every axis of stride 0 cut to one position.
func onceEach(b *kernels.Block) (*kernels.Block, error) {
	n := b.NDim()
	s := kernels.SliceSpec{Start: make([]int, n), Count: make([]int, n), Step: make([]int, n), Drop: make([]bool, n)}
	for i, length := range b.Shape() {
		s.Count[i], s.Step[i] = length, 1
		if b.Strides()[i] == 0 && length > 1 && b.Size() > 0 {
			s.Count[i] = 1
		}
	}
	return b.Slice(s)
}

func (e *encoder) number(n int) { e.meta = binary.AppendUvarint(e.meta, uint64(n)) }

func (e *encoder) flag(b bool) {
	if b {
		e.meta = append(e.meta, 1)
	} else {
		e.meta = append(e.meta, 0)
	}
}

// seg adds a piece to the payload of the leaf.
func (e *encoder) seg(p []byte) {
	if len(p) > 0 {
		e.segs = append(e.segs, p)
		e.leaf += len(p)
	}
}

var padding [alignment]byte

// align fills the payload of the leaf up to where the next piece may start.
func (e *encoder) align() { e.seg(padding[:-e.leaf&(alignment-1)]) }
