package expr

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// typesOfBlocks maps an element type to the type a program sees.
var typesOfBlocks = map[kernels.DType]Type{
	kernels.Bool: Bool, kernels.Uint8: Uint8, kernels.Int32: Int32,
	kernels.Int64: Int64, kernels.Float32: Float32, kernels.Float64: Float64,
}

// TypeOfDType returns the type that a program sees in a block. Complex numbers
// have none: the error wraps ErrType.
func TypeOfDType(t kernels.DType) (Type, error) {
	if typ, ok := typesOfBlocks[t]; ok {
		return typ, nil
	}
	return Invalid, fmt.Errorf("%w: no expressions over blocks of %v", ErrType, t)
}

// DTypeOf returns the element type of a block of t. Strings and temporal
// values have none: the error wraps ErrType.
func DTypeOf(t Type) (kernels.DType, error) {
	for dtype, typ := range typesOfBlocks {
		if typ == t {
			return dtype, nil
		}
	}
	return 0, fmt.Errorf("%w: no blocks of %v", ErrType, t)
}

// BroadcastShapes returns the shape that shapes have together after numpy's
// rule: aligned at the last axis, lengths are equal or 1. The error wraps
// ErrInput and names the shapes.
func BroadcastShapes(shapes ...[]int) ([]int, error) {
	dims := 0
	for _, s := range shapes {
		dims = max(dims, len(s))
	}
	out := slices.Repeat([]int{1}, dims)
	for _, s := range shapes {
		for i, n := range s {
			at := &out[dims-len(s)+i]
			if *at == 1 {
				*at = n
			} else if n != 1 && n != *at {
				return nil, fmt.Errorf("%w: shapes %v do not broadcast together", ErrInput, shapes)
			}
		}
	}
	return out, nil
}

// EvalBlocks evaluates p over blocks that have the types of p.Inputs, in the
// semantics of arrays, in one pass. Inputs of any strides broadcast together;
// every output is row-major, of the common shape, except that an output which
// is an input of that shape is the input itself. The caller releases the
// outputs.
//
// Errors wrap ErrInput for blocks that do not fit, ErrType for a program over
// types that blocks do not have, ErrDivideByZero and ErrRange for values.
func EvalBlocks(mem kernels.Allocator, p *Program, inputs []*kernels.Block) ([]*kernels.Block, error) {
	shape, err := checkBlocks(p, inputs)
	if err != nil {
		return nil, err
	}
	e := &blockEval{machine: newMachine(p, arrays), direct: map[Ref][]byte{}, stream: asm.StreamFor(asm.Best())}
	e.sinks = map[Ref][]byte{}
	defer e.close()
	if err := e.prepare(mem, inputs, shape); err != nil {
		e.release()
		return nil, err
	}
	if err := e.evaluate(); err != nil {
		e.release()
		return nil, err
	}
	return e.out, nil
}

func checkBlocks(p *Program, inputs []*kernels.Block) ([]int, error) {
	if len(inputs) != len(p.Inputs) {
		return nil, fmt.Errorf("%w: %d blocks for a program of %d inputs", ErrInput, len(inputs), len(p.Inputs))
	}
	shapes := make([][]int, len(inputs))
	for i, b := range inputs {
		if t, err := TypeOfDType(b.DType()); err != nil {
			return nil, fmt.Errorf("%w: input %d: %w", ErrInput, i, err)
		} else if t != p.Inputs[i] {
			return nil, fmt.Errorf("%w: input %d is %v, the program wants %v", ErrInput, i, t, p.Inputs[i])
		}
		shapes[i] = b.Shape()
	}
	for i, in := range p.Instrs {
		if in.Op == Null {
			return nil, fmt.Errorf("%w: instruction %d is a null, which blocks cannot hold", ErrType, i)
		}
	}
	return BroadcastShapes(shapes...)
}

// blockEval is one run of EvalBlocks.
type blockEval struct {
	*machine
	walk    *walk
	readers []*blockReader
	out     []*kernels.Block
	raw     [][]byte       // memory of each output; nil where out is an input
	direct  map[Ref][]byte // memory of the outputs that kernels write themselves
	stream  asm.Stream
}

func (e *blockEval) prepare(mem kernels.Allocator, inputs []*kernels.Block, shape []int) error {
	strides := make([][]int, len(inputs))
	for i, b := range inputs {
		strides[i] = broadcastStrides(b, shape)
	}
	e.walk = newWalk(shape, strides)
	for i, in := range e.prog.Instrs {
		if in.Op == Input {
			reg, _ := e.register(nil)
			e.readers = append(e.readers, newBlockReader(inputs[in.Imm], int(in.Imm), Ref(i), in.Type, e.walk, reg))
		}
	}
	e.out = make([]*kernels.Block, len(e.prog.Outputs))
	e.raw = make([][]byte, len(e.prog.Outputs))
	for i, r := range e.prog.Outputs {
		if err := e.prepareOutput(mem, i, r, inputs, shape); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	e.walk.batch = e.batch()
	return nil
}

func (e *blockEval) prepareOutput(mem kernels.Allocator, i int, r Ref, inputs []*kernels.Block, shape []int) error {
	in := e.prog.Instrs[r]
	if in.Op == Input && slices.Equal(inputs[in.Imm].Shape(), shape) {
		e.out[i] = inputs[in.Imm]
		e.out[i].Retain()
		return nil
	}
	dtype, err := DTypeOf(in.Type)
	if err != nil {
		return err
	}
	if e.out[i], err = kernels.NewBlock(mem, dtype, shape...); err != nil {
		return err
	}
	e.raw[i] = kernels.Payload(e.out[i])
	if _, taken := e.direct[r]; !taken && in.computed() && len(e.raw[i]) < streamFrom {
		e.direct[r] = e.raw[i]
	}
	return nil
}

func (e *blockEval) evaluate() error {
	defer e.stream.End()
	for e.walk.next() {
		start, n := e.walk.start, e.walk.n
		for _, r := range e.readers {
			r.load(&e.vals[r.ref], e.walk)
		}
		for r, into := range e.direct {
			w := e.prog.Instrs[r].Type.Size()
			e.vals[r].data = into[start*w : (start+n)*w]
		}
		e.offerSinks(start, n)
		if err := e.run(start, n); err != nil {
			return err
		}
		for i, r := range e.prog.Outputs {
			w := e.prog.Instrs[r].Type.Size()
			if into := e.raw[i]; into != nil && &into[start*w] != &e.vals[r].data[0] && !e.sunk(i, r) {
				e.write(into, start*w, (start+n)*w, e.vals[r].data)
			}
		}
	}
	return nil
}

func (e *blockEval) release() {
	for _, b := range e.out {
		if b != nil {
			b.Release()
		}
	}
}
