package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// marker is a search for marks while it is being written: bytes of text that
// are a delimiter or a newline and not inside quotes.
type marker struct {
	data, out              Register
	inside, quotes, lines  Register // what the state holds
	delims, newlines, text Register // masks of one block of 64 bytes
}

// marksAssembly writes the search for AVX2 and for AVX-512, and what reads the
// numbers between marks.
func marksAssembly() {
	marks("AVX512", marksAVX512)
	marks("AVX2", marksAVX2)
	fields()
}

// marks writes a search. The body says how a block is compared, and how the
// marks of one are stored.
func marks(set string, body func(m *marker) (compare, store func())) {
	name := "marks" + set
	TEXT(name, NOSPLIT|NOFRAME, "func(blocks int, data *byte, delim, quote, base uint64, out *uint32, state *[3]uint64) (end *uint32)")
	Doc(name+" writes the places of marks in blocks of 64 bytes, at least one, and reads and updates state: ",
		"whether the text is inside quotes (all ones), the quotes that were seen, the newlines that are marks. ",
		"Up to 16 values are written behind the last one.")
	Pragma("noescape")
	blocks, state := Load(Param("blocks"), GP64()), Load(Param("state"), GP64())
	m := &marker{data: GP64(), out: GP64(), inside: GP64(), quotes: GP64(), lines: GP64(), delims: GP64(), newlines: GP64(), text: GP64()}
	Load(Param("data"), m.data)
	Load(Param("out"), m.out)
	for i, r := range []Register{m.inside, m.quotes, m.lines} {
		MOVQ(Mem{Base: state, Disp: 8 * i}, r)
	}
	compare, store := body(m)
	Label("block")
	compare()
	m.leaveQuoted()
	count := GP64()
	POPCNTQ(m.newlines, count)
	ADDQ(count, m.lines)
	ORQ(m.newlines, m.delims)
	store()
	ADDQ(U32(64), m.data)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	for i, r := range []Register{m.inside, m.quotes, m.lines} {
		MOVQ(r, Mem{Base: state, Disp: 8 * i})
	}
	Store(m.out, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// leaveQuoted takes away the marks inside quotes. Each bit of the mask of
// quotes turns over all that follow: a sum of bits without carries.
func (m *marker) leaveQuoted() {
	either := GP64()
	MOVQ(m.text, either)
	ORQ(m.inside, either)
	JZ(LabelRef("unquoted"))
	ORQ(m.text, m.quotes)
	for shift := uint8(1); shift < 64; shift *= 2 {
		MOVQ(m.text, either)
		SHLQ(U8(shift), either)
		XORQ(either, m.text)
	}
	XORQ(m.inside, m.text)
	MOVQ(m.text, m.inside)
	SARQ(U8(63), m.inside)
	NOTQ(m.text)
	ANDQ(m.text, m.delims)
	ANDQ(m.text, m.newlines)
	Label("unquoted")
}

func marksAVX512(m *marker) (compare, store func()) {
	var wanted [3]VecVirtual
	for i := range wanted {
		wanted[i] = spreadByte(i, func(from, to Op) { VPBROADCASTB(from, to) }, ZMM)
	}
	var places [4]VecVirtual // of the 64 bytes of the block
	base, sixteen, block := ZMM(), ZMM(), ZMM()
	spreadWord(Load(Param("base"), GP64()), base)
	spreadWord(constant(16), sixteen)
	spreadWord(constant(64), block)
	for i := range places {
		places[i] = ZMM()
		if i == 0 {
			VPADDD(lanesTable(), base, places[0])
		} else {
			VPADDD(sixteen, places[i-1], places[i])
		}
	}
	compare = func() {
		text, k := ZMM(), K()
		VMOVDQU8(Mem{Base: m.data}, text)
		for i, mask := range []Register{m.delims, m.newlines, m.text} {
			VPCMPEQB(wanted[i], text, k)
			KMOVQ(k, mask)
		}
	}
	store = func() {
		packed, k, count := ZMM(), K(), GP64()
		for i := range places {
			KMOVW(m.delims.(GP).As32(), k)
			VPCOMPRESSD_Z(places[i], k, packed)
			VMOVDQU32(packed, Mem{Base: m.out})
			MOVWQZX(m.delims.(GP).As16(), count)
			POPCNTQ(count, count)
			LEAQ(Mem{Base: m.out, Index: count, Scale: 4}, m.out)
			if i < len(places)-1 {
				SHRQ(U8(16), m.delims)
			}
			VPADDD(block, places[i], places[i])
		}
	}
	return compare, store
}

func marksAVX2(m *marker) (compare, store func()) {
	var wanted [3]VecVirtual
	for i := range wanted {
		wanted[i] = spreadByte(i, func(from, to Op) {
			low := XMM()
			VMOVD(from, low)
			VPBROADCASTB(low, to)
		}, YMM)
	}
	base := Load(Param("base"), GP64())
	compare = func() {
		low, high, hits, upper := YMM(), YMM(), YMM(), GP64()
		VMOVDQU(Mem{Base: m.data}, low)
		VMOVDQU(Mem{Base: m.data, Disp: 32}, high)
		for i, mask := range []Register{m.delims, m.newlines, m.text} {
			VPCMPEQB(wanted[i], low, hits)
			VPMOVMSKB(hits, mask.(GP).As32())
			VPCMPEQB(wanted[i], high, hits)
			VPMOVMSKB(hits, upper.As32())
			SHLQ(U8(32), upper)
			ORQ(upper, mask)
		}
	}
	store = func() {
		count, next := GP64(), GP64()
		POPCNTQ(m.delims, count)
		LEAQ(Mem{Base: m.out, Index: count, Scale: 4}, next)
		Label("some")
		for i := range 8 { // behind the last one places are written that do not count
			at := GP64()
			TZCNTQ(m.delims, at)
			ADDQ(base, at)
			MOVL(at.As32(), Mem{Base: m.out, Disp: 4 * i})
			lower := GP64()
			LEAQ(Mem{Base: m.delims, Disp: -1}, lower)
			ANDQ(lower, m.delims)
		}
		ADDQ(U32(32), m.out)
		CMPQ(m.out, next)
		JB(LabelRef("some"))
		MOVQ(next, m.out)
		ADDQ(U32(64), base)
	}
	return compare, store
}

// spreadByte loads delimiter, newline or quote into all lanes.
func spreadByte(which int, spread func(from, to Op), vector func() VecVirtual) VecVirtual {
	r, v := GP64(), vector()
	switch which {
	case 0:
		Load(Param("delim"), r)
	case 1:
		MOVQ(U32('\n'), r)
	case 2:
		Load(Param("quote"), r)
	}
	spread(r.As32(), v)
	return v
}

func spreadWord(r Register, to Op) { VPBROADCASTD(r.(GP).As32(), to) }

func constant(v uint32) Register {
	r := GP64()
	MOVQ(U32(v), r)
	return r
}

// lanesTable declares the numbers 0 … 15.
func lanesTable() Mem {
	table := GLOBL("lanes16", attr.RODATA|attr.NOPTR)
	for i := range 16 {
		DATA(4*i, U32(i))
	}
	return table
}
