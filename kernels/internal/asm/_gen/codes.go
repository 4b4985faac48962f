package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// codesAssembly writes what unpacks codes of few bits, and what looks them up.
func codesAssembly() {
	unpackAVX2()
	pickAVX512(32)
	pickAVX512(128)
}

// unpackAVX2 writes the unpacking of values of up to 25 bits, eight at a time.
// Four of them lie in sixteen bytes: each is brought to a lane of its own with the
// bytes that it lies in, and shifted.
func unpackAVX2() {
	TEXT("unpackAVX2", NOSPLIT|NOFRAME, "func(groups int, dst *uint32, src *byte, width int, table *[24]uint32) (most uint32)")
	Doc("unpackAVX2 unpacks groups of eight values, at least one, of width bits, and returns the greatest.",
		"table has where the bytes of each lane are, how far it is shifted, and width bits in each lane.",
		"Sixteen bytes are read from the middle of each group on.")
	Pragma("noescape")
	groups, dst, src := Load(Param("groups"), GP64()), Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	width, table := Load(Param("width"), GP64()), Load(Param("table"), GP64())
	order, shift, mask, most := YMM(), YMM(), YMM(), YMM()
	for i, v := range []VecVirtual{order, shift, mask} {
		VMOVDQU(Mem{Base: table, Disp: 32 * i}, v)
	}
	VPXOR(most, most, most)
	half := GP64()
	MOVQ(width, half)
	SHRQ(U8(1), half)
	Label("group")
	v := YMM()
	VMOVDQU(Mem{Base: src}, v.AsX())
	VINSERTI128(U8(1), Mem{Base: src, Index: half, Scale: 1}, v, v)
	VPSHUFB(order, v, v)
	VPSRLVD(shift, v, v)
	VPAND(mask, v, v)
	VPMAXUD(v, most, most)
	VMOVDQU(v, Mem{Base: dst})
	ADDQ(width, src)
	ADDQ(U8(32), dst)
	DECQ(groups)
	JNZ(LabelRef("group"))
	upper := XMM()
	VEXTRACTI128(U8(1), most, upper)
	low := most.AsX()
	VPMAXUD(upper, low, low)
	VPSHUFD(U8(0x4e), low, upper)
	VPMAXUD(upper, low, low)
	VPSHUFD(U8(0xb1), low, upper)
	VPMAXUD(upper, low, low)
	out := GP32()
	VMOVD(low, out)
	Store(out, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// pickAVX512 writes the look-up in so few words that they stay in registers.
func pickAVX512(words int) {
	name := fmt.Sprintf("pick%dAVX512", words)
	TEXT(name, NOSPLIT|NOFRAME, "func(groups int, dst, words, codes *uint32)")
	Doc(fmt.Sprintf("%s looks up groups of sixteen codes, at least one, in %d words.", name, words))
	Pragma("noescape")
	groups, dst := Load(Param("groups"), GP64()), Load(Param("dst"), GP64())
	from, codes := Load(Param("words"), GP64()), Load(Param("codes"), GP64())
	tables := make([]VecVirtual, words/16)
	for i := range tables {
		tables[i] = ZMM()
		VMOVDQU32(Mem{Base: from, Disp: 64 * i}, tables[i])
	}
	bit := map[int]VecVirtual{}
	for _, b := range []int{32, 64} {
		if words > b {
			bit[b] = ZMM()
			r := GP32()
			MOVL(U32(uint32(b)), r)
			VPBROADCASTD(r, bit[b])
		}
	}
	Label("group")
	code := ZMM()
	VMOVDQU32(Mem{Base: codes}, code)
	found := make([]VecVirtual, words/32)
	for i := range found {
		found[i] = ZMM()
		VMOVDQA32(code, found[i])
		VPERMI2D(tables[2*i+1], tables[2*i], found[i])
	}
	for b := 32; len(found) > 1; b *= 2 {
		k := K()
		VPTESTMD(bit[b], code, k)
		for i := range len(found) / 2 {
			VPBLENDMD(found[2*i+1], found[2*i], k, found[2*i])
			found[i] = found[2*i]
		}
		found = found[:len(found)/2]
	}
	VMOVDQU32(found[0], Mem{Base: dst})
	ADDQ(U8(64), codes)
	ADDQ(U8(64), dst)
	DECQ(groups)
	JNZ(LabelRef("group"))
	VZEROUPPER()
	RET()
}
