package main

import (
	"math"
	"slices"
)

// A function of numbers is described once, as a list of operations without
// branches, and written three times: as portable Go and as assembly of two
// widths. All three do the same roundings in the same order, so that their
// results are the same to the bit.

// operation is what a node computes from its arguments.
type operation int

const (
	opArg     operation = iota // argument number imm of the function
	opConst                    // the bits in imm
	opAdd                      // x + y
	opSub                      // x - y
	opMul                      // x · y
	opDiv                      // x / y
	opSqrt                     // √x
	opFMA                      // ±x·y ± z with one rounding; imm holds minusProduct, minusAddend
	opRound                    // to an integer; imm holds the mode
	opLess                     // x if x < y, else y: a NaN y stays
	opMore                     // x if x > y, else y: a NaN y stays
	opAnd                      // bits
	opOr                       // bits
	opXor                      // bits
	opIntAdd                   // bits, as integers
	opIntSub                   // bits, as integers
	opShl                      // bits, by imm
	opShr                      // bits, by imm, zeros come in
	opFloat                    // bits as a number
	opBits                     // a number as bits
	opScale                    // x·2ⁿ with one rounding: x, n as a number, n + 2046 in the low bits
	opCompare                  // a mask: x ? y; imm holds the predicate
	opSign                     // a mask: the highest of the bits
	opSelect                   // x where the mask is set, else y
	opFlag                     // a mask: where it is set the result is not right
	opIntMul                   // bits, as integers: the low half
	opIntMore                  // a mask: x > y, as signed integers
	opPut                      // writes x to result number imm, of a routine that has several
)

// Of opFMA.
const (
	minusProduct = 1 << iota
	minusAddend
)

// Rounding modes and predicates, as the instructions number them.
const (
	toEven  = 0x08
	toFloor = 0x09
	toCeil  = 0x0a

	equal        = 0x00
	unequal      = 0x04
	unordered    = 0x03
	less         = 0x11
	lessOrEqual  = 0x12
	greaterEqual = 0x1d
	greater      = 0x1e
)

// kind says how a node is written in Go.
type kind int

const (
	kindFloat kind = iota
	kindBits
	kindMask
)

type node struct {
	op   operation
	kind kind
	args []*node
	imm  uint64
	note string // what is found from here on
	last int    // index of the last node that reads it
}

// root is the node whose register n shares.
func (n *node) root() *node {
	for n.op == opFloat || n.op == opBits {
		n = n.args[0]
	}
	return n
}

// routine is a function that is being described. Its numbers are float64,
// unless single says that they are float32.
type routine struct {
	nodes  []*node
	single bool
	note   string
	before uint64 // arguments that belong to others
}

// add computes something, unless it was computed before.
func (r *routine) add(k kind, op operation, imm uint64, args ...*node) *node {
	if op != opFlag && op != opPut {
		for _, n := range r.nodes {
			if n.op == op && n.kind == k && n.imm == imm && slices.EqualFunc(n.args, args, sameNode) {
				return n
			}
		}
	}
	n := &node{op: op, kind: k, args: args, imm: imm, note: r.note}
	r.note = ""
	r.nodes = append(r.nodes, n)
	return n
}

// sameNode tells whether two arguments are one value.
func sameNode(x, y *node) bool {
	return x == y || x.op == opConst && y.op == opConst && x.kind == y.kind && x.imm == y.imm
}

// say describes what the nodes that follow are for.
func (r *routine) say(what string) { r.note = what }

// num is a constant. Constants with the same bits are one in memory.
func (r *routine) num(v float64) *node {
	bits := math.Float64bits(v)
	if r.single {
		bits = uint64(math.Float32bits(float32(v)))
	}
	return &node{op: opConst, kind: kindFloat, imm: bits}
}

func (r *routine) bits(v uint64) *node { return &node{op: opConst, kind: kindBits, imm: v} }

func (r *routine) arg(i int) *node        { return r.add(kindFloat, opArg, uint64(i)+r.before) }
func (r *routine) plus(x, y *node) *node  { return r.add(kindFloat, opAdd, 0, x, y) }
func (r *routine) minus(x, y *node) *node { return r.add(kindFloat, opSub, 0, x, y) }
func (r *routine) times(x, y *node) *node { return r.add(kindFloat, opMul, 0, x, y) }
func (r *routine) over(x, y *node) *node  { return r.add(kindFloat, opDiv, 0, x, y) }
func (r *routine) root(x *node) *node     { return r.add(kindFloat, opSqrt, 0, x) }

// fma is x·y + z, fms x·y - z, fnma z - x·y.
func (r *routine) fma(x, y, z *node) *node  { return r.add(kindFloat, opFMA, 0, x, y, z) }
func (r *routine) fms(x, y, z *node) *node  { return r.add(kindFloat, opFMA, minusAddend, x, y, z) }
func (r *routine) fnma(x, y, z *node) *node { return r.add(kindFloat, opFMA, minusProduct, x, y, z) }

func (r *routine) round(x *node, mode uint64) *node { return r.add(kindFloat, opRound, mode, x) }
func (r *routine) lesser(x, y *node) *node          { return r.add(kindFloat, opLess, 0, x, y) }
func (r *routine) greater(x, y *node) *node         { return r.add(kindFloat, opMore, 0, x, y) }

func (r *routine) and(x, y *node) *node    { return r.add(kindBits, opAnd, 0, x, y) }
func (r *routine) or(x, y *node) *node     { return r.add(kindBits, opOr, 0, x, y) }
func (r *routine) xor(x, y *node) *node    { return r.add(kindBits, opXor, 0, x, y) }
func (r *routine) intAdd(x, y *node) *node { return r.add(kindBits, opIntAdd, 0, x, y) }
func (r *routine) intSub(x, y *node) *node { return r.add(kindBits, opIntSub, 0, x, y) }

func (r *routine) intMul(x, y *node) *node { return r.add(kindBits, opIntMul, 0, x, y) }

// intMore is a mask of x > y.
func (r *routine) intMore(x, y *node) *node { return r.add(kindMask, opIntMore, 0, x, y) }

func (r *routine) shl(x *node, by uint64) *node { return r.add(kindBits, opShl, by, x) }
func (r *routine) shr(x *node, by uint64) *node { return r.add(kindBits, opShr, by, x) }
func (r *routine) float(x *node) *node          { return r.add(kindFloat, opFloat, 0, x) }
func (r *routine) bitsOf(x *node) *node         { return r.add(kindBits, opBits, 0, x) }

func (r *routine) scale(x, n, low *node) *node { return r.add(kindFloat, opScale, 0, x, n, low) }

func (r *routine) compare(x *node, predicate uint64, y *node) *node {
	return r.add(kindMask, opCompare, predicate, x, y)
}
func (r *routine) sign(x *node) *node { return r.add(kindMask, opSign, 0, x) }
func (r *routine) choose(mask, x, y *node) *node {
	return r.add(x.kind, opSelect, 0, mask, x, y)
}

// flag says where the routine gives up: who calls it computes these anew.
func (r *routine) flag(mask *node) { r.add(kindMask, opFlag, 0, mask) }

// put writes a result, where a routine has several.
func (r *routine) put(x *node, result uint64) { r.add(x.kind, opPut, result, x) }

// signBit is the bit of a number's sign.
const signBit = 1 << 63

func (r *routine) abs(x *node) *node {
	return r.float(r.and(r.bitsOf(x), r.signs(true)))
}

// polynomial is c[0] + c[1]·x + …, by Estrin's scheme: the halves first, from
// there to pairs of terms. The chain of operations that wait for each other is
// shorter than Horner's.
func (r *routine) polynomial(x *node, c ...float64) *node {
	return r.estrin(map[int]*node{1: x}, c)
}

func (r *routine) estrin(powers map[int]*node, c []float64) *node {
	if len(c) == 1 {
		return r.num(c[0])
	}
	half := 1
	for 2*half < len(c) {
		half *= 2
	}
	low := r.estrin(powers, c[:half])
	for p := 2; p <= half; p *= 2 {
		if powers[p] == nil {
			powers[p] = r.times(powers[p/2], powers[p/2])
		}
	}
	return r.fma(r.estrin(powers, c[half:]), powers[half], low)
}

// live drops what does not reach the result or, with flags, a flag, and finds the last use
// of each node.
func (r *routine) live(result *node, flags bool) []*node {
	needed := map[*node]bool{result: true}
	for i := len(r.nodes) - 1; i >= 0; i-- {
		n := r.nodes[i]
		if n.op == opFlag && flags || n.op == opPut {
			needed[n] = true
		}
		if needed[n] {
			for _, a := range n.args {
				needed[a] = true
			}
		}
	}
	var kept []*node
	for _, n := range r.nodes {
		if needed[n] {
			kept = append(kept, n)
		}
	}
	for i, n := range kept {
		for _, a := range n.args {
			a.root().last = i
		}
	}
	result.root().last = len(kept)
	return kept
}

// pressure is the most registers that the values of one vector take at a time.
func pressure(nodes []*node) int {
	most := 0
	for i := range nodes {
		alive := map[*node]bool{}
		for _, n := range nodes[:i+1] {
			if n.root().last >= i {
				alive[n.root()] = true
			}
		}
		most = max(most, len(alive))
	}
	return most
}
