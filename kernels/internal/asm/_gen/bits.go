package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Bits of an Arrow bitmap: bit i%8 of byte i/8 is value i.

// bitRuns is how many values a turn of these loops has.
const bitRuns = 64

// bitmaps writes all that makes or reads bitmaps.
func bitmaps() {
	for _, e := range []element{float64s, float32s, int64s, int32s} {
		for _, m := range []machine{avx2(e, nil), avx512(e)} {
			for _, c := range comparisons {
				compareBits(m, c.name, c.predicate)
			}
		}
	}
	for _, m := range []machine{avx2(float64s, nil), avx512(float64s)} {
		packBools(m)
		spreadBits(m)
		testBits(m, "all")
		testBits(m, "any")
	}
}

// runsOf writes a loop over runs of 64 values, each of which turn does.
func runsOf(turn func()) {
	runs := Load(Param("runs"), GP64())
	Label("loop")
	turn()
	DECQ(runs)
	JNZ(LabelRef("loop"))
}

// compareBits writes bits of x[i] ? y[i].
func compareBits(m machine, name string, predicate uint64) {
	name = fmt.Sprintf("%sbits%s%s", m.letter, name, m.set)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(runs int, dst *uint64, x, y *%s)", m.name))
	Doc(name + " compares runs of 64 values, at least one, to a word of bits each.")
	Pragma("noescape")
	dst, x, y := Load(Param("dst"), GP64()), Load(Param("x"), GP64()), Load(Param("y"), GP64())
	runsOf(func() {
		step := 16
		if m.width == 64 {
			step = 32
		}
		for i := 0; i < bitRuns; i += step {
			at := func(turn int) (Mem, Mem) {
				disp := i*m.bytes + turn*m.width
				return Mem{Base: x, Disp: disp}, Mem{Base: y, Disp: disp}
			}
			to := Mem{Base: dst, Disp: i / 8}
			if m.width == 64 {
				KMOVD(wideMask(m, predicate, at), to)
				continue
			}
			bools, inverse := narrowMask(m, predicate, at)
			bits := GP32()
			VPMOVMSKB(bools, bits)
			if inverse {
				NOTL(bits)
			}
			MOVW(bits.As16(), to)
		}
		ADDQ(U32(uint32(bitRuns*m.bytes)), x)
		ADDQ(U32(uint32(bitRuns*m.bytes)), y)
		ADDQ(U8(8), dst)
	})
	VZEROUPPER()
	RET()
}

// packBools writes bytes of 0 or 1 as bits, and counts the ones.
func packBools(m machine) {
	name := "packBools" + m.set
	TEXT(name, NOSPLIT|NOFRAME, "func(runs int, dst *uint64, src *byte) (ones int)")
	Doc(name + " packs runs of 64 bytes of 0 or 1, at least one, to a word of bits each, and counts the ones.")
	Pragma("noescape")
	dst, src, ones := Load(Param("dst"), GP64()), Load(Param("src"), GP64()), GP64()
	XORQ(ones, ones)
	runsOf(func() {
		word := GP64()
		if m.width == 64 {
			v, k := ZMM(), K()
			VMOVDQU64(Mem{Base: src}, v)
			VPTESTMB(v, v, k)
			KMOVQ(k, word)
		} else {
			var halves []Register
			for i := range 2 {
				v, half := YMM(), GP64()
				VMOVDQU(Mem{Base: src, Disp: 32 * i}, v)
				VPSLLW(U8(7), v, v) // the one bit of each byte becomes its sign
				VPMOVMSKB(v, half.As32())
				halves = append(halves, half)
			}
			SHLQ(U8(32), halves[1])
			MOVQ(halves[0], word)
			ORQ(halves[1], word)
		}
		MOVQ(word, Mem{Base: dst})
		POPCNTQ(word, word)
		ADDQ(word, ones)
		ADDQ(U8(bitRuns), src)
		ADDQ(U8(8), dst)
	})
	Store(ones, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// spreadBits writes bits as bytes of 0 or 1.
func spreadBits(m machine) {
	name := "spreadBits" + m.set
	TEXT(name, NOSPLIT|NOFRAME, "func(runs int, dst *byte, src *uint64)")
	Doc(name + " writes words of bits, at least one, as 64 bytes of 0 or 1 each.")
	Pragma("noescape")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	place, bit, one, seed := YMM(), YMM(), YMM(), GP64()
	if m.width == 32 {
		spreadConstants(place, bit, one)
	} else {
		MOVL(U32(0x01010101), seed.As32())
	}
	wide := ZMM()
	if m.width == 64 {
		VPBROADCASTD(seed.As32(), wide)
	}
	runsOf(func() {
		if m.width == 64 {
			k, v := K(), ZMM()
			KMOVQ(Mem{Base: src}, k)
			VMOVDQU8_Z(wide, k, v)
			VMOVDQU64(v, Mem{Base: dst})
		} else {
			for i := range 2 {
				v := YMM()
				VPBROADCASTD(Mem{Base: src, Disp: 4 * i}, v)
				VPSHUFB(place, v, v) // each byte eight times
				VPAND(bit, v, v)
				VPCMPEQB(bit, v, v)
				VPAND(one, v, v)
				VMOVDQU(v, Mem{Base: dst, Disp: 32 * i})
			}
		}
		ADDQ(U8(8), src)
		ADDQ(U8(bitRuns), dst)
	})
	VZEROUPPER()
	RET()
}

// spreadConstants has, for each of 32 bytes, which byte of a word it is made of,
// by which bit, and ones.
func spreadConstants(place, bit, one VecVirtual) {
	table := GLOBL("spreading", 0x18) // RODATA|NOPTR
	for i := range 4 {
		DATA(8*i, U64(uint64(i)*0x0101010101010101))
	}
	DATA(32, U64(0x8040201008040201))
	DATA(40, U64(0x0101010101010101))
	VMOVDQU(table, place)
	VPBROADCASTQ(table.Offset(32), bit)
	VPBROADCASTQ(table.Offset(40), one)
}

// testBits finds the first run of 64 bytes of a bitmap in which not all bits are
// set, or any is.
func testBits(m machine, what string) {
	name := what + "Bits" + m.set
	TEXT(name, NOSPLIT|NOFRAME, "func(runs int, src *byte) (left int)")
	Doc(name + map[string]string{
		"all": " returns how many runs of 64 bytes, of which there is at least one, are left from the first on in which not all bits are set.",
		"any": " returns how many runs of 64 bytes, of which there is at least one, are left from the first on in which a bit is set.",
	}[what])
	Pragma("noescape")
	runs, src := Load(Param("runs"), GP64()), Load(Param("src"), GP64())
	ones := m.vector()
	if what == "all" {
		if m.width == 64 {
			VPTERNLOGD(U8(0xff), ones, ones, ones)
		} else {
			VPCMPEQD(ones, ones, ones)
		}
	}
	Label("loop")
	if m.width == 64 {
		v, k := ZMM(), K()
		VMOVDQU64(Mem{Base: src}, v)
		if what == "all" {
			VPCMPUQ(U8(unequal), ones, v, k)
		} else {
			VPTESTMQ(v, v, k)
		}
		KORTESTW(k, k)
		JNZ(LabelRef("found"))
	} else {
		v := YMM()
		VMOVDQU(Mem{Base: src}, v)
		if what == "all" {
			VPAND(Mem{Base: src, Disp: 32}, v, v)
			VPTEST(ones, v) // carry: no bit of ones is 0 in v
			JCC(LabelRef("found"))
		} else {
			VPOR(Mem{Base: src, Disp: 32}, v, v)
			VPTEST(v, v)
			JNZ(LabelRef("found"))
		}
	}
	ADDQ(U8(64), src)
	DECQ(runs)
	JNZ(LabelRef("loop"))
	Label("found")
	Store(runs, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
