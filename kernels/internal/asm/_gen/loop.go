package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// stream is an operand of a loop: a pointer and how many bytes a value has.
type stream struct {
	base  Register
	bytes int
}

// memory is the place of a vector of a turn.
func (s stream) memory(index Register, lanes, turn int) Mem {
	return Mem{Base: s.base, Index: index, Scale: uint8(s.bytes), Disp: turn * lanes * s.bytes}
}

// chooseTurns takes as many vectors in a turn, four at most, as leave room for
// the values of each in the registers, and for constants that pass through.
func (a *assembler) chooseTurns() {
	room := 16
	if a.spreads() {
		room = 32 - len(a.fixed)
	}
	a.turns = min(4, max(1, (room-3)/pressure(a.nodes)))
}

// elementaryLoop writes the assembly of one elementary function.
func elementaryLoop(f elementary, e element, set func(element) machine, consts *constants) loopName {
	short := e.bytes == 4
	if short && f.single != nil {
		r := &routine{single: true}
		a := &assembler{machine: set(float32s), consts: consts}
		return a.write(strings.ToLower(f.name), r, f.single(r), f.args, e)
	}
	r := &routine{}
	a := &assembler{machine: set(float64s), wide: short, consts: consts}
	return a.write(strings.ToLower(f.name), r, f.build(r, short), f.args, e)
}

// exactLoop writes the assembly of one exact function.
func exactLoop(e exact, m machine, consts *constants) loopName {
	r := &routine{single: m.bytes == 4}
	a := &assembler{machine: m, consts: consts}
	return a.write(strings.ToLower(e.name), r, e.build(r), e.args, m.element)
}

// argumentNames are those of the vectors, by how many there are.
var argumentNames = [][]string{1: {"x"}, 2: {"x", "y"}, 3: {"x", "y", "z"}}

func (a *assembler) write(name string, r *routine, result *node, args int, e element) loopName {
	a.nodes = r.live(result, true)
	a.fix()
	a.chooseTurns()
	n := loopName{name: e.letter + name + a.set, block: a.turns * a.lanes()}
	from := argumentNames[args]
	TEXT(n.name, NOSPLIT|NOFRAME, fmt.Sprintf("func(n int, dst, %s *%s) uint64", strings.Join(from, ", "), e.name))
	Doc(fmt.Sprintf("%s computes the function for n values, at least %d, and returns whether any was flagged.", n.name, n.block))
	Pragma("noescape")
	a.loop(result, from, e.bytes)
	return n
}

// besideRoot writes an elementary function together with the root of another
// vector: the processor's one divider takes roots while its two multipliers
// have the function's arithmetic to do.
func besideRoot(f elementary, e element, set func(element) machine, consts *constants) loopName {
	short := e.bytes == 4
	single := short && f.single != nil
	r := &routine{single: single}
	a := &assembler{machine: set(float64s), wide: short && !single, consts: consts, second: true}
	r.put(r.root(r.arg(0)), 0)
	r.before = 1
	var result *node
	if single {
		a.machine = set(float32s)
		result = f.single(r)
	} else {
		result = f.build(r, short)
	}
	a.nodes = r.live(result, true)
	a.fix()
	a.chooseTurns()
	n := loopName{name: e.letter + "rootAnd" + f.name + a.set, block: a.turns * a.lanes()}
	TEXT(n.name, NOSPLIT|NOFRAME, fmt.Sprintf("func(n int, root, dst, x, y *%s) uint64", e.name))
	Doc(fmt.Sprintf("%s computes the roots of x and the function of y for n values, at least %d, and returns whether any was flagged.", n.name, n.block))
	Pragma("noescape")
	a.loop(result, []string{"x", "y"}, e.bytes)
	return n
}

// fetchAhead is how many bytes before their use operands are fetched:
// processors fetch ahead by themselves, but stop at the end of a page.
const fetchAhead = 2048

// fetch fetches the line that a vector of a later turn begins, if it does.
func fetch(s stream, index Register, lanes, turn int) {
	if turn*lanes*s.bytes%64 == 0 {
		PREFETCHT0(s.memory(index, lanes, turn).Offset(fetchAhead))
	}
}

// loopName is the name of a routine and the least number of values it takes.
type loopName struct {
	name  string
	block int
}

// loop writes the turns over all operands.
func (a *assembler) loop(result *node, from []string, bytes int) {
	a.prepareRegisters()
	n := Load(Param("n"), GP64())
	to := stream{Load(Param("dst"), GP64()), bytes}
	if a.second {
		a.root = stream{Load(Param("root"), GP64()), bytes}
	}
	var sources []stream
	for _, name := range from {
		sources = append(sources, stream{Load(Param(name), GP64()), bytes})
	}
	a.prepareFlags()
	a.loadFixed()
	turning(n, a.turns*a.lanes(), func(index Register) {
		a.turn(sources, index)
		for u := range a.turns {
			a.put(a.vals[u][result], to.memory(index, a.lanes(), u))
			a.release(a.vals[u][result])
		}
	}, a.returnFlags)
}

// turn loads the operands and computes all vectors of a turn, side by side.
func (a *assembler) turn(sources []stream, index Register) {
	a.vals = make([]map[*node]Op, a.turns)
	for u := range a.turns {
		a.vals[u] = map[*node]Op{}
	}
	for i, n := range a.nodes {
		a.at = i
		for u := range a.turns {
			if n.op == opArg {
				v := a.take()
				a.vals[u][n] = v
				fetch(sources[n.imm], index, a.lanes(), u)
				a.get(sources[n.imm].memory(index, a.lanes(), u), v)
				continue
			}
			if n.op == opPut {
				a.put(a.vals[u][n.args[0]], a.root.memory(index, a.lanes(), u))
			} else {
				a.emit(n, u)
			}
			a.bury(n, u)
		}
	}
}

// get and put move a vector between memory and registers.
func (a *assembler) get(from Mem, v Op) {
	if a.wide {
		VCVTPS2PD(from, v)
	} else {
		a.move(from, v)
	}
}

func (a *assembler) put(v Op, to Mem) {
	switch {
	case a.wide && a.spreads():
		narrow := v.(Vec).AsY()
		VCVTPD2PS(v, narrow)
		VMOVUPS(narrow, to)
	case a.wide:
		narrow := v.(Vec).AsX()
		VCVTPD2PSY(v, narrow)
		VMOVUPS(narrow, to)
	default:
		a.move(v, to)
	}
}

// fix finds the constants that instructions cannot take from memory: they stay
// in registers, where there are registers enough.
func (a *assembler) fix() {
	a.fixed = map[uint64]Op{}
	if !a.spreads() {
		return
	}
	for _, n := range a.nodes {
		for i, x := range n.args {
			if x.op == opConst && needsRegister(n, i) && len(a.fixed) < 12 {
				a.fixed[x.imm] = nil
			}
		}
	}
}

func (a *assembler) loadFixed() {
	for _, imm := range slices.Sorted(maps.Keys(a.fixed)) {
		v := a.take()
		a.load(a.consts.address(&node{imm: imm}, a.size()), v)
		a.fixed[imm] = v
	}
}

// needsRegister reports whether argument i of a node, a constant, would have
// to be loaded first.
func needsRegister(n *node, i int) bool {
	switch n.op {
	case opSub, opDiv, opLess, opMore, opIntSub, opCompare:
		return i == 0
	case opSelect:
		return i == 2
	case opFMA: // the second of two constants has to be overwritten
		return false
	case opScale:
		return true
	}
	return false
}

func (a *assembler) flagging() bool {
	for _, n := range a.nodes {
		if n.op == opFlag {
			return true
		}
	}
	return false
}

func (a *assembler) prepareFlags() {
	if !a.flagging() {
		return
	}
	if a.spreads() {
		k := K()
		KXORW(k, k, k)
		a.flags = k
		return
	}
	v := a.take()
	VXORPD(v, v, v)
	a.flags = v
}

func (a *assembler) returnFlags() {
	flags := GP64()
	switch {
	case a.flags == nil:
		XORQ(flags, flags)
	case a.spreads():
		KMOVW(a.flags, flags.As32())
	case a.size() == 8:
		VMOVMSKPD(a.flags, flags.As32())
	default:
		VMOVMSKPS(a.flags, flags.As32())
	}
	Store(flags, ReturnIndex(0))
}
