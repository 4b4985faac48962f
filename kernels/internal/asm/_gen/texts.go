package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// mostTextOfWord is how many bytes the strings of one word of bits may have: with
// them a call stays short.
const mostTextOfWord = 1 << 14

// keepTexts writes the packing of strings, a run of bits at a time: its bytes lie
// side by side, and its ends all move by one distance.
func keepTexts(m machine) {
	TEXT("keepTexts"+m.set, NOSPLIT|NOFRAME, "func(words int, mask *uint64, from *int32, src *byte, size int, dst *byte, room int, ends *int32, end int) (left, now int)")
	Doc("keepTexts"+m.set+" packs the strings of words of bits, at least one: string i is from from[i] to from[i+1]. What is kept goes behind end",
		"of dst, and where each ends to ends. It stops at a word whose strings may be too long, or that might read beyond",
		"size of src or write beyond room of dst by whole registers, and returns how many words are left, and the new end.",
		"A register is read behind the last of from that is needed, and written behind ends.")
	Pragma("noescape")
	words, mask, from := Load(Param("words"), GP64()), Load(Param("mask"), GP64()), Load(Param("from"), GP64())
	src, dst := Load(Param("src"), GP64()), Load(Param("dst"), GP64())
	ends, end := Load(Param("ends"), GP64()), Load(Param("end"), GP64())
	size, err := Param("size").Resolve()
	check(err)
	room, err := Param("room").Resolve()
	check(err)
	w, a, n, low, t := GP64(), GP64(), GP64(), GP64(), GP64()
	Label("word")
	MOVQ(Mem{Base: mask}, w)
	MOVLQSX(Mem{Base: from}, low)
	MOVLQSX(Mem{Base: from, Disp: 256}, t)
	SUBQ(t, low) // less than nothing
	NEGQ(low)
	ADDQ(U8(uint64(m.width)), t)
	CMPQ(t, size.Addr)
	JG(LabelRef("stop"))
	CMPQ(low, U32(mostTextOfWord))
	JHI(LabelRef("stop"))
	LEAQ(Mem{Base: end, Index: low, Scale: 1, Disp: m.width}, t)
	CMPQ(t, room.Addr)
	JG(LabelRef("stop"))
	TESTQ(w, w)
	JZ(LabelRef("next"))
	Label("run")
	keepRun(m, keptRun{w: w, a: a, n: n, low: low, t: t, from: from, src: src, dst: dst, ends: ends, end: end})
	ADDQ(n, a)
	CMPQ(a, U8(64))
	JGE(LabelRef("next"))
	SHRXQ(a, w, w)
	SHLXQ(a, w, w)
	TESTQ(w, w)
	JNZ(LabelRef("run"))
	Label("next")
	ADDQ(U8(8), mask)
	ADDQ(U32(256), from)
	DECQ(words)
	JNZ(LabelRef("word"))
	Label("stop")
	Store(words, ReturnIndex(0))
	Store(end, ReturnIndex(1))
	VZEROUPPER()
	RET()
}

// keptRun is the registers of a run: n bits of w from bit a on.
type keptRun struct{ w, a, n, low, t, from, src, dst, ends, end Register }

func keepRun(m machine, r keptRun) {
	TZCNTQ(r.w, r.a)
	SHRXQ(r.a, r.w, r.t)
	NOTQ(r.t)
	TZCNTQ(r.t, r.n)
	first, bytes := GP64(), GP64()
	LEAQ(Mem{Base: r.from, Index: r.a, Scale: 4}, first)
	MOVLQSX(Mem{Base: first}, r.low)
	MOVLQSX(Mem{Base: first, Index: r.n, Scale: 4}, bytes)
	SUBQ(r.low, bytes)
	MOVQ(r.end, r.t)
	SUBQ(r.low, r.t)
	shift, v := m.vector(), m.vector()
	if m.width == 64 {
		VPBROADCASTD(r.t.(GP).As32(), shift)
	} else {
		x := XMM()
		VMOVD(r.t.(GP).As32(), x)
		VPBROADCASTD(x, shift)
	}
	XORQ(r.t, r.t)
	Label("ends")
	VPADDD(Mem{Base: first, Index: r.t, Scale: 4, Disp: 4}, shift, v)
	m.move(v, Mem{Base: r.ends, Index: r.t, Scale: 4})
	ADDQ(U8(uint64(m.width/4)), r.t)
	CMPQ(r.t, r.n)
	JL(LabelRef("ends"))
	LEAQ(Mem{Base: r.ends, Index: r.n, Scale: 4}, r.ends)
	ADDQ(r.src, r.low)
	LEAQ(Mem{Base: r.dst, Index: r.end, Scale: 1}, r.t)
	ADDQ(bytes, r.end)
	TESTQ(bytes, bytes)
	JLE(LabelRef("copied"))
	Label("bytes")
	m.move(Mem{Base: r.low}, v)
	m.move(v, Mem{Base: r.t})
	ADDQ(U8(uint64(m.width)), r.low)
	ADDQ(U8(uint64(m.width)), r.t)
	SUBQ(U8(uint64(m.width)), bytes)
	JG(LabelRef("bytes"))
	Label("copied")
}
