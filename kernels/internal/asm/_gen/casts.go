package main

import (
	"bytes"
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A cast converts registers of one type to another. What does not fit is found
// beside it, in `kept`, a mask of all ones as long as everything does, or in
// `lost`, a vector of zeros.
type cast struct {
	from, to element
	checked  bool // narrows integers and flags what does not fit
}

var casts = []cast{
	{float64s, float32s, false}, {float64s, int32s, true}, {float64s, int64s, true},
	{float32s, float64s, false}, {float32s, int32s, true}, {float32s, int64s, true},
	{int32s, float64s, false}, {int32s, float32s, false}, {int32s, int64s, false},
	{int64s, float64s, false}, {int64s, float32s, false}, {int64s, int32s, false}, {int64s, int32s, true},
}

// exists reports whether a set of instructions has the cast: AVX2 has none
// between floats and integers of 8 bytes.
func (c cast) exists(set string) bool {
	return set == "AVX512" || c.from.integer == c.to.integer || c.from.bytes == 4 && c.to.bytes == 4 ||
		c.from.name == "int32" || c.to.name == "int32"
}

// castWriter writes one cast.
type castWriter struct {
	cast
	wide       bool // AVX-512
	low, high  Op   // the bounds of what fits
	kept, lost Op
}

const castTurns = 4 // vectors of a turn

func (w *castWriter) set() string {
	if w.wide {
		return "AVX512"
	}
	return "AVX2"
}

// lanes are as many values as fit a register in the wider of the two types.
func (w *castWriter) lanes() int {
	n := 32 / max(w.from.bytes, w.to.bytes)
	if w.wide {
		n *= 2
	}
	return n
}

// vector gives a register for so many bytes a value.
func (w *castWriter) vector(bytes int) VecVirtual {
	switch bytes * w.lanes() {
	case 64:
		return ZMM()
	case 32:
		return YMM()
	}
	return XMM()
}

func castLoop(c cast, wide bool, consts *constants) loopName {
	w := &castWriter{cast: c, wide: wide}
	name := fmt.Sprintf("%sto%s", c.from.name, c.to.name)
	if c.checked {
		name += "Checked"
	}
	loop := loopName{name + w.set(), castTurns * w.lanes()}
	TEXT(loop.name, NOSPLIT|NOFRAME, fmt.Sprintf("func(n int, dst *%s, x *%s) uint64", c.to.name, c.from.name))
	Doc(fmt.Sprintf("%s converts n values, at least %d, and returns whether any does not fit.", loop.name, loop.block))
	Pragma("noescape")
	n, to := Load(Param("n"), GP64()), stream{Load(Param("dst"), GP64()), c.to.bytes}
	from := stream{Load(Param("x"), GP64()), c.from.bytes}
	w.prepare(consts)
	turning(n, loop.block, func(index Register) {
		for turn := range castTurns {
			v := w.convert(from.memory(index, w.lanes(), turn))
			VMOVUPS(v, to.memory(index, w.lanes(), turn))
		}
	}, w.finish)
	return loop
}

// prepare loads the bounds: floats that become an integer lie in low…high, the
// first included and the last not, but for float64 to int32, where neither is.
func (w *castWriter) prepare(consts *constants) {
	if !w.checked {
		return
	}
	if w.from.integer {
		w.lost = w.vector(8)
		VPXOR(w.lost.(VecVirtual).AsX(), w.lost.(VecVirtual).AsX(), w.lost.(VecVirtual).AsX())
		return
	}
	bounds := map[string][2]uint64{
		"float64 int32": {0xc1e0000000200000, 0x41e0000000000000}, // -2³¹-1, 2³¹
		"float64 int64": {0xc3e0000000000000, 0x43e0000000000000}, // -2⁶³, 2⁶³
		"float32 int32": {0xcf000000, 0x4f000000},
		"float32 int64": {0xdf000000, 0x5f000000},
	}[w.from.name+" "+w.to.name]
	w.low, w.high = w.vector(w.from.bytes), w.vector(w.from.bytes)
	for i, v := range []Op{w.low, w.high} {
		at := consts.address(&node{imm: bounds[i]}, w.from.bytes)
		if w.from.bytes == 8 {
			VBROADCASTSD(at, v)
		} else {
			VBROADCASTSS(at, v)
		}
	}
	if w.wide {
		w.kept = K()
		KXNORW(w.kept, w.kept, w.kept)
		return
	}
	w.kept = w.vector(w.from.bytes)
	VPCMPEQD(w.kept, w.kept, w.kept)
}

// check looks whether floats fit.
func (w *castWriter) check(v Op) {
	above, compare := uint64(greaterEqual), VCMPPS
	if w.from.bytes == 8 {
		compare = VCMPPD
		if w.to.bytes == 4 {
			above = greater
		}
	}
	if w.wide {
		compare(U8(above), w.low, v, w.kept, w.kept)
		compare(U8(less), w.high, v, w.kept, w.kept)
		return
	}
	t := w.vector(w.from.bytes)
	compare(U8(above), w.low, v, t)
	VANDPS(t, w.kept, w.kept)
	compare(U8(less), w.high, v, t)
	VANDPS(t, w.kept, w.kept)
}

func (w *castWriter) convert(at Mem) VecVirtual {
	out := w.vector(w.to.bytes)
	switch {
	case w.from.integer && w.to.integer && w.from.bytes == 8:
		w.narrow(at, out)
	case w.from.bytes >= w.to.bytes && !w.from.integer: // floats, of which the check has need too
		v := w.vector(w.from.bytes)
		VMOVUPS(at, v)
		if w.checked {
			w.check(v)
		}
		w.instruction()(v, out)
	case w.checked: // float32 to int64
		v := w.vector(w.from.bytes)
		VMOVUPS(at, v)
		w.check(v)
		VCVTTPS2QQ(v, out)
	case w.from.bytes > w.to.bytes: // of which the assembler cannot tell the length in memory
		v := w.vector(w.from.bytes)
		VMOVUPS(at, v)
		w.instruction()(v, out)
	default:
		w.instruction()(at, out)
	}
	return out
}

func (w *castWriter) instruction() func(ops ...Op) {
	switch w.from.name + " " + w.to.name {
	case "float64 float32":
		if w.wide {
			return VCVTPD2PS
		}
		return VCVTPD2PSY
	case "float64 int32":
		if w.wide {
			return VCVTTPD2DQ
		}
		return VCVTTPD2DQY
	case "float64 int64":
		return VCVTTPD2QQ
	case "float32 float64":
		return VCVTPS2PD
	case "float32 int32":
		return VCVTTPS2DQ
	case "int32 float64":
		return VCVTDQ2PD
	case "int32 float32":
		return VCVTDQ2PS
	case "int32 int64":
		return VPMOVSXDQ
	case "int64 float64":
		return VCVTQQ2PD
	case "int64 float32":
		return VCVTQQ2PS
	}
	panic("no cast from " + w.from.name + " to " + w.to.name)
}

// narrow takes the lower halves of integers. What is lost if it differs from
// their signs is gathered.
func (w *castWriter) narrow(at Mem, out VecVirtual) {
	v := w.vector(8)
	VMOVUPS(at, v)
	if w.wide {
		VPMOVQD(v, out)
		if w.checked {
			again := w.vector(8)
			VPMOVSXDQ(out, again)
			VPTERNLOGQ(U8(0xf6), again, v, w.lost) // lost or the two differ
		}
		return
	}
	both := YMM()
	VPERMILPS(U8(0xd8), v, both) // lower halves, upper halves
	VPERMQ(U8(0xd8), both, both)
	VMOVAPS(both.AsX(), out)
	if w.checked {
		upper, sign := XMM(), XMM()
		VEXTRACTI128(U8(1), both, upper)
		VPSRAD(U8(31), out, sign)
		VPXOR(sign, upper, upper)
		VPOR(w.lost.(VecVirtual).AsX(), upper, w.lost.(VecVirtual).AsX())
	}
}

func (w *castWriter) finish() {
	flags := GP64()
	XORQ(flags, flags)
	switch {
	case w.lost != nil && w.wide:
		k := K()
		VPTESTMQ(w.lost, w.lost, k)
		KMOVW(k, flags.As32())
	case w.lost != nil:
		x := w.lost.(VecVirtual).AsX()
		VPTEST(x, x)
		SETNE(flags.As8())
	case w.kept != nil && w.wide:
		KNOTW(w.kept, w.kept)
		KMOVW(w.kept, flags.As32())
		ANDQ(U32(1<<w.lanes()-1), flags)
	case w.kept != nil && w.from.bytes == 8:
		VMOVMSKPD(w.kept, flags.As32())
		XORQ(U32(1<<w.lanes()-1), flags)
	case w.kept != nil:
		VMOVMSKPS(w.kept, flags.As32())
		XORQ(U32(1<<w.lanes()-1), flags)
	}
	Store(flags, ReturnIndex(0))
}

// writeCasts writes all casts, and their tables.
func writeCasts(b *bytes.Buffer, consts *constants) {
	for _, checked := range []bool{false, true} {
		for _, wide := range []bool{false, true} {
			set := map[bool]string{false: "AVX2", true: "AVX512"}[wide]
			fmt.Fprintf(b, "\nvar casts%s%s = map[castTypes]any{\n", map[bool]string{true: "Checked"}[checked], set)
			for _, c := range casts {
				if c.checked != checked || !c.exists(set) {
					continue
				}
				n := castLoop(c, wide, consts)
				fmt.Fprintf(b, "{%s, %s}: castRoutine[%s, %s]{run: %s, block: %d, entry: %d},\n",
					kindOf(c.from), kindOf(c.to), c.from.name, c.to.name, n.name, n.block, entry(n.name))
			}
			b.WriteString("}\n")
		}
	}
}

// kindOf is the name that package asm has for a type.
func kindOf(e element) string {
	return "kind" + map[bool]string{false: "F", true: "I"}[e.integer] + fmt.Sprint(8*e.bytes)
}
