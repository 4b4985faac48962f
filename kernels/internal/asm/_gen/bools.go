package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// What makes or reads Go's bools, bytes of 0 or 1, has loops of its own, which
// turn as those of assembler do.

// turning writes a loop over n values, block at a time, and what comes after it.
func turning(n Register, block int, turn func(index Register), after ...func()) {
	index, limit := GP64(), GP64()
	XORQ(index, index)
	LEAQ(Mem{Base: n, Disp: -block}, limit)
	Label("loop")
	turn(index)
	ADDQ(U32(uint32(block)), index)
	CMPQ(index, limit)
	JLE(LabelRef("loop"))
	CMPQ(index, n)
	JGE(LabelRef("done"))
	MOVQ(limit, index)
	JMP(LabelRef("loop"))
	Label("done")
	for _, f := range after {
		f()
	}
	VZEROUPPER()
	RET()
}

var comparisons = []struct {
	name      string
	predicate uint64
}{{"Eq", equal}, {"Ne", unequal}, {"Lt", less}, {"Le", lessOrEqual}}

// boolsBlock is how many bools a turn makes: a register of bytes with AVX-512,
// half of one with AVX2.
func boolsBlock(m machine) int { return m.width / 2 }

// compareLoop writes dst[i] = x[i] ? y[i].
func compareLoop(m machine, name string, predicate uint64, consts *constants) loopName {
	loop := loopName{fmt.Sprintf("%scompare%s%s", m.letter, name, m.set), boolsBlock(m)}
	TEXT(loop.name, NOSPLIT|NOFRAME, fmt.Sprintf("func(n int, dst *bool, x, y *%s)", m.name))
	Doc(fmt.Sprintf("%s compares n values, at least %d.", loop.name, loop.block))
	Pragma("noescape")
	n, dst := Load(Param("n"), GP64()), Load(Param("dst"), GP64())
	x, y := stream{Load(Param("x"), GP64()), m.bytes}, stream{Load(Param("y"), GP64()), m.bytes}
	one := YMM()
	VMOVDQU(consts.address(&node{imm: 0x0101010101010101}, 8), one)
	turning(n, loop.block, func(index Register) {
		at := func(s stream, turn int) Mem { return s.memory(index, m.lanes(), turn) }
		to := Mem{Base: dst, Index: index, Scale: 1}
		if m.width == 64 {
			bools := YMM()
			VPMOVM2B(wideMask(m, predicate, func(turn int) (Mem, Mem) { return at(x, turn), at(y, turn) }), bools)
			VPAND(one, bools, bools)
			VMOVDQU(bools, to)
			return
		}
		bools, inverse := narrowMask(m, predicate, func(turn int) (Mem, Mem) { return at(x, turn), at(y, turn) })
		if inverse {
			VPANDN(one.AsX(), bools, bools)
		} else {
			VPAND(one.AsX(), bools, bools)
		}
		VMOVDQU(bools, to)
	})
	return loop
}

// wideMask compares 32 values to a mask of 32 bits.
func wideMask(m machine, predicate uint64, at func(turn int) (x, y Mem)) Op {
	var masks []Op
	for turn := range 32 / m.lanes() {
		x, y := at(turn)
		v, k := ZMM(), K()
		m.move(x, v)
		switch {
		case m.integer && m.bytes == 8:
			VPCMPQ(U8(predicate&7), y, v, k)
		case m.integer:
			VPCMPD(U8(predicate&7), y, v, k)
		case m.bytes == 8:
			VCMPPD(U8(predicate), y, v, k)
		default:
			VCMPPS(U8(predicate), y, v, k)
		}
		masks = append(masks, k)
	}
	join := KUNPCKBW
	for len(masks) > 1 {
		if len(masks) == 2 {
			join = KUNPCKWD
		}
		var next []Op
		for i := 0; i < len(masks); i += 2 {
			k := K()
			join(masks[i], masks[i+1], k)
			next = append(next, k)
		}
		masks = next
	}
	return masks[0]
}

// narrowMask compares 16 values to 16 bytes of ones or zeros, or the inverse.
func narrowMask(m machine, predicate uint64, at func(turn int) (x, y Mem)) (bools VecVirtual, inverse bool) {
	var masks []VecVirtual
	for turn := range 16 / m.lanes() {
		x, y := at(turn)
		v := YMM()
		switch {
		case m.integer:
			inverse = narrowIntegers(m, predicate, x, y, v)
		case m.bytes == 8:
			m.move(x, v)
			VCMPPD(U8(predicate), y, v, v)
		default:
			m.move(x, v)
			VCMPPS(U8(predicate), y, v, v)
		}
		masks = append(masks, v)
	}
	if m.bytes == 8 { // the lower half of each, which puts the second and third quarter the wrong way round
		for i := range 2 {
			v := YMM()
			VSHUFPS(U8(0x88), masks[2*i+1], masks[2*i], v)
			VPERMPD(U8(0xd8), v, v)
			masks[i] = v
		}
	}
	words, high := YMM(), XMM()
	VPACKSSDW(masks[1], masks[0], words)
	VPERMQ(U8(0xd8), words, words)
	VEXTRACTI128(U8(1), words, high)
	VPACKSSWB(high, words.AsX(), high)
	return high, inverse
}

// narrowIntegers compares one register of integers, for which there are equal
// and more.
func narrowIntegers(m machine, predicate uint64, x, y Mem, v VecVirtual) (inverse bool) {
	same, more := VPCMPEQQ, VPCMPGTQ
	if m.bytes == 4 {
		same, more = VPCMPEQD, VPCMPGTD
	}
	switch predicate {
	case equal, unequal:
		m.move(x, v)
		same(y, v, v)
	case less: // y > x
		m.move(y, v)
		more(x, v, v)
	case lessOrEqual:
		m.move(x, v)
		more(y, v, v)
	}
	return predicate == unequal || predicate == lessOrEqual
}

// selectLoop writes dst[i] = x[i] where the bool is set, else y[i].
func selectLoop(m machine) loopName {
	const turns = 4
	loop := loopName{fmt.Sprintf("%sselect%s", m.letter, m.set), turns * m.lanes()}
	TEXT(loop.name, NOSPLIT|NOFRAME, fmt.Sprintf("func(n int, dst *%s, which *bool, x, y *%s)", m.name, m.name))
	Doc(fmt.Sprintf("%s chooses n values, at least %d.", loop.name, loop.block))
	Pragma("noescape")
	n, dst := Load(Param("n"), GP64()), stream{Load(Param("dst"), GP64()), m.bytes}
	which := stream{Load(Param("which"), GP64()), 1}
	x, y := stream{Load(Param("x"), GP64()), m.bytes}, stream{Load(Param("y"), GP64()), m.bytes}
	none := m.vector()
	if m.width == 32 {
		VXORPD(none, none, none)
	}
	turning(n, loop.block, func(index Register) {
		for turn := range turns {
			at := func(s stream) Mem { return s.memory(index, m.lanes(), turn) }
			bools, v := m.vector(), m.vector()
			if m.bytes == 8 {
				VPMOVZXBQ(at(which), bools)
			} else {
				VPMOVZXBD(at(which), bools)
			}
			m.move(at(x), v)
			pick(m, bools, none, at(y), v)
			m.move(v, at(dst))
		}
	})
	return loop
}

// pick puts the values of y into v where a bool, as wide as they are, is 0.
func pick(m machine, bools, none, y, v Op) {
	switch {
	case m.width == 64 && m.bytes == 8:
		k := K()
		VPTESTNMQ(bools, bools, k)
		VMOVUPD(y, k, v)
	case m.width == 64:
		k := K()
		VPTESTNMD(bools, bools, k)
		VMOVUPS(y, k, v)
	case m.bytes == 8:
		VPCMPEQQ(none, bools, bools)
		VBLENDVPD(bools, y, v, v)
	default:
		VPCMPEQD(none, bools, bools)
		VBLENDVPS(bools, y, v, v)
	}
}
