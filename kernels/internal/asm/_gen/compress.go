package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// compress writes the packing of values whose bit is set, 64 values for each
// word of bits. A vector is stored as a whole, so that dst has room for one
// more than there are values.
func compress(m machine, places map[int]Mem) string {
	name := fmt.Sprintf("compress%d%s", 8*m.bytes, m.set)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(words int, dst, src *uint%d, mask *uint64) int", 8*m.bytes))
	Doc(name + " packs 64 values a word, at least one word, and returns how many it packed.")
	Pragma("noescape")
	words, to := Load(Param("words"), GP64()), Load(Param("dst"), GP64())
	from, mask := Load(Param("src"), GP64()), Load(Param("mask"), GP64())
	start, table := GP64(), GP64()
	MOVQ(to, start)
	if m.width == 32 {
		LEAQ(places[m.bytes], table)
	}
	Label("word")
	bits := GP64()
	MOVQ(Mem{Base: mask}, bits)
	TESTQ(bits, bits)
	JZ(LabelRef("skip"))
	for i := range 64 / m.lanes() {
		low, v := GP64(), m.vector()
		MOVQ(bits, low)
		if m.lanes() < 16 {
			ANDQ(U32(1<<m.lanes()-1), low)
		} else {
			MOVWQZX(bits.As16(), low)
		}
		at := Mem{Base: from, Disp: i * m.width}
		if m.width == 64 {
			k := K()
			KMOVW(low.As32(), k)
			if m.bytes == 8 {
				VMOVDQU64(at, v)
				VPCOMPRESSQ_Z(v, k, v)
			} else {
				VMOVDQU32(at, v)
				VPCOMPRESSD_Z(v, k, v)
			}
			VMOVDQU64(v, Mem{Base: to})
		} else {
			order := YMM()
			VPMOVZXBD(Mem{Base: table, Index: low, Scale: 8}, order)
			VPERMD(at, order, v)
			VMOVDQU(v, Mem{Base: to})
		}
		count := GP64()
		POPCNTQ(low, count)
		LEAQ(Mem{Base: to, Index: count, Scale: uint8(m.bytes)}, to)
		if i+1 < 64/m.lanes() {
			SHRQ(U8(uint64(m.lanes())), bits)
		}
	}
	Label("skip")
	ADDQ(U32(uint32(64*m.bytes)), from)
	ADDQ(U8(8), mask)
	DECQ(words)
	JNZ(LabelRef("word"))
	SUBQ(start, to)
	SHRQ(U8(uint64(shift(m.bytes))), to)
	Store(to, ReturnIndex(0))
	VZEROUPPER()
	RET()
	return name
}

// packOrders declares, for each set of four values of 8 bytes and each set of
// eight of 4, where its words of 4 bytes come from: an index a byte.
func packOrders() map[int]Mem {
	places := map[int]Mem{}
	for _, bytes := range []int{8, 4} {
		lanes := 32 / bytes
		table := GLOBL(fmt.Sprintf("pack%d", 8*bytes), attr.RODATA|attr.NOPTR)
		for set := range 1 << lanes {
			var order uint64
			at := 0
			for lane := range lanes {
				if set>>lane&1 == 0 {
					continue
				}
				for part := range bytes / 4 {
					order |= uint64(lane*bytes/4+part) << (8 * at)
					at++
				}
			}
			DATA(8*set, U64(order))
		}
		places[bytes] = table
	}
	return places
}

// extract writes the packing of bits.
func extract() {
	TEXT("extractBMI2", NOSPLIT|NOFRAME, "func(x, mask uint64) uint64")
	Doc("extractBMI2 packs the bits of x that are set in mask.")
	x, mask := Load(Param("x"), GP64()), Load(Param("mask"), GP64())
	PEXTQ(mask, x, x)
	Store(x, ReturnIndex(0))
	RET()
}

// compressions writes all of them, and the table of them.
func compressions() (table string) {
	places := packOrders()
	for _, bytes := range []int{8, 4} {
		e := map[int]element{8: float64s, 4: float32s}[bytes]
		table += fmt.Sprintf("\nvar compress%[1]d = [...]func(words int, dst, src *uint%[1]d, mask *uint64) int{AVX2: %[2]s, AVX512: %[3]s}\n",
			8*bytes, compress(avx2(e, nil), places), compress(avx512(e), places))
	}
	extract()
	return table
}
