package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// assembler writes a routine as a loop over vectors, some of them side by side
// in one turn, so that the processor has several chains of operations to work
// on. The last turn covers the last values, those before them a second time if
// need be: nothing is masked, and nothing beyond the operands is touched. There
// must be values for one turn at least.
type assembler struct {
	machine
	routine  *routine
	nodes    []*node
	turns    int  // vectors in one turn
	wide     bool // float32 in memory, float64 in registers
	consts   *constants
	fixed    map[uint64]Op // constants that stay in registers
	vals     []map[*node]Op
	second   bool // writes roots as well, to
	root     stream
	flags    Op // lanes that were flagged, if the routine flags any
	at       int
	free     []Op // registers
	borrowed []Op // of them, given back after the node at hand
}

// constants is the memory of all constants, each as often as an AVX2 register
// has lanes: AVX-512 spreads the first.
type constants struct {
	symbol Mem
	offset map[[2]uint64]int // by bits and size
	order  [][2]uint64
}

func newConstants() *constants {
	return &constants{symbol: NewDataAddr(NewStaticSymbol("constants"), 0), offset: map[[2]uint64]int{}}
}

// write declares the memory, once all are known.
func (c *constants) write() {
	GLOBL("constants", attr.RODATA|attr.NOPTR)
	for at, key := range c.order {
		for i := range 4 {
			v := key[0]
			if key[1] == 4 {
				v |= v << 32
			}
			DATA(32*at+8*i, U64(v))
		}
	}
}

func (c *constants) address(n *node, size int) Mem {
	key := [2]uint64{n.imm, uint64(size)}
	if _, ok := c.offset[key]; !ok {
		c.offset[key] = 32 * len(c.order)
		c.order = append(c.order, key)
	}
	return c.symbol.Offset(c.offset[key])
}

// spreads reports whether constants are spread from one value.
func (a *assembler) spreads() bool { return a.width == 64 }

func (a *assembler) size() int { return a.bytes } // of a lane in registers

// source returns a constant's memory or a value's register.
func (a *assembler) source(n *node, turn int) (op Op, memory bool) {
	if n.op == opConst {
		if v, ok := a.fixed[n.imm]; ok {
			return v, false
		}
		return a.consts.address(n, a.size()), true
	}
	return a.vals[turn][n], false
}

// register returns a value in a register, a constant in a fresh one that the
// node at hand borrows.
func (a *assembler) register(n *node, turn int) Op {
	op, memory := a.source(n, turn)
	if !memory {
		return op
	}
	v := a.take()
	a.load(op, v)
	a.borrowed = append(a.borrowed, v)
	return v
}

func (a *assembler) load(constant, v Op) {
	if a.spreads() {
		a.spread(constant, v)
	} else {
		a.move(constant, v)
	}
}

// dies reports whether a value is not needed after the node at hand.
func (a *assembler) dies(n *node) bool { return n.op != opConst && n.root().last == a.at }

// issue writes an instruction whose first operand may be in memory.
func (a *assembler) issue(i instruction, first *node, turn int, rest ...Op) {
	op, memory := a.source(first, turn)
	ops := append([]Op{op}, rest...)
	if memory && a.spreads() {
		i.spread(ops...)
	} else {
		i.plain(ops...)
	}
}

// emit writes one node for one of the vectors of a turn.
func (a *assembler) emit(n *node, turn int) {
	switch n.op {
	case opArg: // loaded already
	case opFloat, opBits:
		a.vals[turn][n] = a.register(n.args[0], turn)
	case opFMA:
		a.vals[turn][n] = a.fuse(n, turn)
	case opCompare, opIntMore, opSign, opSelect, opFlag:
		a.emitMask(n, turn)
	default:
		v := a.take()
		a.vals[turn][n] = v
		a.emitPlain(n, turn, v)
	}
}

func (a *assembler) emitPlain(n *node, turn int, v Op) {
	x := n.args[0]
	if i, ok := arithmetic[n.op]; ok {
		y := n.args[1]
		if x.op == opConst && (n.op == opAdd || n.op == opMul) {
			x, y = y, x
		}
		a.issue(i[a.size()], y, turn, a.register(x, turn), v)
		return
	}
	if i, ok := bitwise[n.op]; ok {
		y := n.args[1]
		if x.op == opConst && n.op != opIntSub {
			x, y = y, x
		}
		form := i.narrow
		if a.spreads() {
			form = i.wide
		}
		if i, ok := integers32[n.op]; ok && a.size() == 4 {
			form = i
		}
		a.issue(form, y, turn, a.register(x, turn), v)
		return
	}
	switch n.op {
	case opIntMul:
		product := VPMULLQ // which AVX2 does not have: no such routine is written
		if a.size() == 4 {
			product = VPMULLD
		}
		product(a.register(n.args[1], turn), a.register(x, turn), v)
	case opSqrt:
		a.squareRoot(a.register(x, turn), v)
	case opRound:
		a.toWhole(n.imm, a.register(x, turn), v)
	case opShl, opShr:
		a.shift(n.op, n.imm, a.register(x, turn), v)
	case opScale:
		a.scale(n, turn, v)
	default:
		panic(fmt.Sprintf("no instruction for operation %d", n.op))
	}
}

func (a *assembler) squareRoot(x, v Op) {
	if a.size() == 8 {
		VSQRTPD(x, v)
	} else {
		VSQRTPS(x, v)
	}
}

func (a *assembler) toWhole(mode uint64, x, v Op) {
	switch {
	case a.spreads() && a.size() == 8:
		VRNDSCALEPD(U8(mode), x, v)
	case a.spreads():
		VRNDSCALEPS(U8(mode), x, v)
	case a.size() == 8:
		VROUNDPD(U8(mode), x, v)
	default:
		VROUNDPS(U8(mode), x, v)
	}
}

func (a *assembler) shift(op operation, by uint64, x, v Op) {
	switch {
	case op == opShl && a.size() == 8:
		VPSLLQ(U8(by), x, v)
	case op == opShl:
		VPSLLD(U8(by), x, v)
	case a.size() == 8:
		VPSRLQ(U8(by), x, v)
	default:
		VPSRLD(U8(by), x, v)
	}
}

// scale multiplies by two powers of two: only the second product is rounded.
func (a *assembler) scale(n *node, turn int, v Op) {
	x := a.register(n.args[0], turn)
	if a.spreads() {
		scalef := VSCALEFPD
		if a.size() == 4 {
			scalef = VSCALEFPS
		}
		scalef(a.register(n.args[1], turn), x, v)
		return
	}
	low := a.register(n.args[2], turn)
	half, rest := a.take(), a.take()
	a.borrowed = append(a.borrowed, half, rest)
	a.shift(opShr, 1, low, half)
	digits := uint64(52)
	if a.size() == 8 {
		VPSUBQ(half, low, rest)
	} else {
		digits = 23
		VPSUBD(half, low, rest)
	}
	a.shift(opShl, digits, half, half)
	a.shift(opShl, digits, rest, rest)
	a.mul(half, x, v)
	a.mul(rest, v, v)
}

// fuse picks the form of the multiply-add that overwrites a value which is not
// needed any more, and copies one where there is none.
func (a *assembler) fuse(n *node, turn int) Op {
	x, y, z := n.args[0], n.args[1], n.args[2]
	forms := fusedForms[n.imm][a.size()]
	if x.op == opConst {
		x, y = y, x
	}
	if a.dies(y) && !a.dies(x) && y.root() != z.root() {
		x, y = y, x
	}
	switch {
	case x.op == opConst:
		panic("a product of constants")
	case z.op == opConst && y.op == opConst: // z comes into a fresh register
		sum := a.take()
		a.load(a.consts.address(z, a.size()), sum)
		a.issue(forms.form231, y, turn, a.register(x, turn), sum)
		return sum
	case a.dies(z) && z.root() != x.root() && z.root() != y.root():
		sum := a.register(z, turn)
		a.issue(forms.form231, y, turn, a.register(x, turn), sum)
		return sum
	}
	product := a.register(x, turn)
	if !a.dies(x) || x.root() == z.root() || x.root() == y.root() {
		product = a.take()
		a.move(a.register(x, turn), product)
	}
	if y.op == opConst {
		a.issue(forms.form132, y, turn, a.register(z, turn), product)
	} else {
		a.issue(forms.form213, z, turn, a.register(y, turn), product)
	}
	return product
}

// emitMask writes what makes or reads masks: registers of their own with
// AVX-512, the signs of lanes with AVX2.
func (a *assembler) emitMask(n *node, turn int) {
	switch n.op {
	case opCompare:
		a.vals[turn][n] = a.compareLanes(n, turn)
	case opIntMore:
		a.vals[turn][n] = a.compareIntegers(a.register(n.args[0], turn), a.register(n.args[1], turn))
	case opSign:
		x := a.register(n.args[0], turn)
		if a.spreads() {
			k := K()
			if a.size() == 8 {
				VPMOVQ2M(x, k)
			} else {
				VPMOVD2M(x, k)
			}
			x = k
		}
		a.vals[turn][n] = x
	case opFlag:
		mask := a.vals[turn][n.args[0]]
		if a.spreads() {
			KORW(mask, a.flags, a.flags)
		} else {
			VORPD(mask, a.flags, a.flags)
		}
	case opSelect:
		a.vals[turn][n] = a.blend(n, turn)
	}
}

func (a *assembler) compareLanes(n *node, turn int) Op {
	x := a.register(n.args[0], turn)
	i := map[int]instruction{8: {VCMPPD, VCMPPD_BCST}, 4: {VCMPPS, VCMPPS_BCST}}[a.size()]
	op, memory := a.source(n.args[1], turn)
	if !a.spreads() {
		v := a.take()
		i.plain(U8(n.imm), op, x, v)
		return v
	}
	k := K()
	if memory {
		i.spread(U8(n.imm), op, x, k)
	} else {
		i.plain(U8(n.imm), op, x, k)
	}
	return k
}

// compareIntegers is where x > y.
func (a *assembler) compareIntegers(x, y Op) Op {
	const more = 6
	if a.spreads() {
		k := K()
		if a.size() == 8 {
			VPCMPQ(U8(more), y, x, k)
		} else {
			VPCMPD(U8(more), y, x, k)
		}
		return k
	}
	v := a.take()
	if a.size() == 8 {
		VPCMPGTQ(y, x, v)
	} else {
		VPCMPGTD(y, x, v)
	}
	return v
}

func (a *assembler) blend(n *node, turn int) Op {
	v := a.take()
	mask := a.vals[turn][n.args[0]]
	other := a.register(n.args[2], turn)
	i := map[int]instruction{8: {VBLENDMPD, VBLENDMPD_BCST}, 4: {VBLENDMPS, VBLENDMPS_BCST}}[a.size()]
	op, memory := a.source(n.args[1], turn)
	switch {
	case a.spreads() && memory:
		i.spread(op, other, mask, v)
	case a.spreads():
		i.plain(op, other, mask, v)
	case a.size() == 8:
		VBLENDVPD(mask, op, other, v)
	default:
		VBLENDVPS(mask, op, other, v)
	}
	return v
}
