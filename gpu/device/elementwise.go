package device

import (
	"encoding/binary"
	"fmt"
)

// An Operand is an input of an elementwise program: one element for each of
// the result's, Strides (in elements, 0 along a broadcast axis) apart.
type Operand struct {
	At      Ptr
	Type    Type // Bool, Uint8, Int32, Int64, Float32 or Float64
	Strides []int64
}

// Elementwise is a program over operands of one shape.
type Elementwise struct {
	Shape    []int64 // of the result; at most MaxRank axes
	Operands []Operand
	Code     []Instr // the result is in register Result at the end
	Result   uint8
	Out      Type // Bool, Float32 or Float64
}

// Table returns what the kernel reads besides its operands. It goes to device
// memory first, and its address into Launch. Its words, each in the byte order
// of every device, little-endian:
//
//	shape      an element an axis
//	operands   address, type, then a stride an axis; for each
//	code       two words an instruction
func (e *Elementwise) Table() []byte {
	if len(e.Shape) > MaxRank {
		panic(fmt.Sprintf("gpu: elementwise over %d axes, at most %d", len(e.Shape), MaxRank))
	}
	var words []uint64
	for _, n := range e.Shape {
		words = append(words, uint64(n))
	}
	for _, o := range e.Operands {
		words = append(words, uint64(o.At), uint64(o.Type))
		for _, s := range o.Strides {
			words = append(words, uint64(s))
		}
	}
	for _, in := range e.Code {
		words = in.append(words)
	}
	b := make([]byte, 0, 8*len(words))
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// Launch computes the program, whose Table is at table, into dst.
func (e *Elementwise) Launch(dst, table Ptr) Launch {
	n := int64(1)
	for _, d := range e.Shape {
		n *= d
	}
	return loop(KernelElementwise, n, uint64(dst), uint64(e.Out), uint64(n), uint64(table),
		uint64(len(e.Shape)), uint64(len(e.Operands)), uint64(len(e.Code)), uint64(e.Result))
}
