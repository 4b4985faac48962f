package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// transpose writes dst[j*to + i] = src[i*from + j] for whole squares that have
// as many rows as a register has lanes: rows are interleaved in halves of 128
// bits, and these are then put where they belong. With past it writes past the
// caches, lines of 64 bytes that must be aligned; a fence has to follow.
func transpose(m machine, past bool) string {
	name, put := fmt.Sprintf("transpose%d%s", 8*m.bytes, m.set), m.move
	if past {
		name, put = fmt.Sprintf("transposePast%d%s", 8*m.bytes, m.set), func(ops ...Op) { VMOVNTDQ(ops[0], ops[1]) }
	}
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(rows, columns int, dst *uint%[1]d, to int, src *uint%[1]d, from int)", 8*m.bytes))
	Doc(fmt.Sprintf("%s transposes squares of %d; rows and columns are multiples of that, and not 0.", name, m.lanes()))
	Pragma("noescape")
	rows, columns := Load(Param("rows"), GP64()), Load(Param("columns"), GP64())
	dst, to := Load(Param("dst"), GP64()), Load(Param("to"), GP64())
	src, from := Load(Param("src"), GP64()), Load(Param("from"), GP64())
	SHLQ(U8(uint64(shift(m.bytes))), to)
	SHLQ(U8(uint64(shift(m.bytes))), from)
	j, a, b := GP64(), GP64(), GP64()
	Label("rows")
	MOVQ(columns, j)
	MOVQ(src, a)
	MOVQ(dst, b)
	Label("square")
	step, at := GP64(), make([]VecVirtual, m.lanes())
	MOVQ(a, step)
	for k := range at {
		at[k] = m.vector()
		m.move(Mem{Base: step}, at[k])
		if k+1 < len(at) {
			ADDQ(from, step)
		}
	}
	for _, v := range m.turned(at) {
		put(v, Mem{Base: b})
		ADDQ(to, b)
	}
	ADDQ(U32(uint32(m.width)), a)
	SUBQ(U32(uint32(m.lanes())), j)
	JNZ(LabelRef("square"))
	for range m.lanes() {
		ADDQ(from, src)
	}
	ADDQ(U32(uint32(m.width)), dst)
	SUBQ(U32(uint32(m.lanes())), rows)
	JNZ(LabelRef("rows"))
	VZEROUPPER()
	RET()
	return name
}

// turned gives the columns of a square.
func (m machine) turned(rows []VecVirtual) []VecVirtual {
	groups := m.interleaved(rows) // by rows that are together in 128 bits, then by column in there
	inLane := 16 / m.bytes
	out := make([]VecVirtual, len(rows))
	for c := range inLane {
		if m.width == 32 {
			for lane, halves := range []uint64{0x20, 0x31} {
				v := m.vector()
				VPERM2F128(U8(halves), groups[1][c], groups[0][c], v)
				out[lane*inLane+c] = v
			}
			continue
		}
		for odd, pick := range []uint64{0x88, 0xdd} { // lanes 0 and 2, or 1 and 3, of two registers
			low, high := m.vector(), m.vector()
			VSHUFF64X2(U8(pick), groups[1][c], groups[0][c], low)
			VSHUFF64X2(U8(pick), groups[3][c], groups[2][c], high)
			for half, pick := range []uint64{0x88, 0xdd} {
				v := m.vector()
				VSHUFF64X2(U8(pick), high, low, v)
				out[(2*half+odd)*inLane+c] = v
			}
		}
	}
	return out
}

// interleaved brings the rows that make up 128 bits of a column together.
func (m machine) interleaved(rows []VecVirtual) (groups [][]VecVirtual) {
	two := func(unpack func(ops ...Op), x, y VecVirtual) VecVirtual {
		v := m.vector()
		unpack(y, x, v)
		return v
	}
	if m.bytes == 8 {
		for k := 0; k < len(rows); k += 2 {
			groups = append(groups, []VecVirtual{two(VUNPCKLPD, rows[k], rows[k+1]), two(VUNPCKHPD, rows[k], rows[k+1])})
		}
		return groups
	}
	for k := 0; k < len(rows); k += 4 {
		ab, cd := two(VUNPCKLPS, rows[k], rows[k+1]), two(VUNPCKLPS, rows[k+2], rows[k+3])
		efgh, ijkl := two(VUNPCKHPS, rows[k], rows[k+1]), two(VUNPCKHPS, rows[k+2], rows[k+3])
		groups = append(groups, []VecVirtual{two(VUNPCKLPD, ab, cd), two(VUNPCKHPD, ab, cd), two(VUNPCKLPD, efgh, ijkl), two(VUNPCKHPD, efgh, ijkl)})
	}
	return groups
}

// transposes writes all of them, and the table of them.
func transposes() (table string) {
	for _, e := range []element{float64s, float32s} {
		table += fmt.Sprintf("\nvar transpose%[1]d = [...]transposeRoutine[uint%[1]d]{AVX2: {%[2]s, nil, %[3]d}, AVX512: {%[4]s, %[5]s, %[6]d}}\n",
			8*e.bytes, transpose(avx2(e, nil), false), avx2(e, nil).lanes(), transpose(avx512(e), false), transpose(avx512(e), true), avx512(e).lanes())
	}
	return table
}
