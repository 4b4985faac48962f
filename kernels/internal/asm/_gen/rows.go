package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rows writes what makes numbers of the rows of a table out of columns.
func rows() {
	for _, m := range []machine{avx2(int32s, nil), avx512(int32s)} {
		for _, set := range []bool{true, false} {
			placeRows(m, set)
			laneRows(m, set)
		}
	}
}

// rowsName is the name of a loop that writes to dst, with set, or adds to it.
func rowsName(what string, m machine, set bool) string {
	if set {
		return "set" + what + m.set
	}
	return "add" + what + m.set
}

// everyLane returns a register with one value in every lane.
func everyLane(m machine, value Register, wide bool) Register {
	low, all := XMM(), m.vector()
	if wide {
		VMOVQ(value, low)
		VPBROADCASTQ(low, all)
	} else {
		VMOVD(value, low)
		VPBROADCASTD(low, all)
	}
	return all
}

func (m machine) keep(v, to Op) {
	if m.width == 64 {
		VMOVDQU64(v, to)
	} else {
		VMOVDQU(v, to)
	}
}

// placeRows writes src[i]*stride + base to dst[i], or adds it, modulo 2³².
func placeRows(m machine, set bool) {
	name := rowsName("Places", m, set)
	TEXT(name, NOSPLIT|NOFRAME, "func(blocks int, dst *uint32, src *int32, stride, base uint32)")
	Doc(fmt.Sprintf("%s does blocks of 32 rows, at least one.", name))
	Pragma("noescape")
	blocks, dst, src := Load(Param("blocks"), GP64()), Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	stride, base := everyLane(m, Load(Param("stride"), GP32()), false), everyLane(m, Load(Param("base"), GP32()), false)
	Label("loop")
	for at := 0; at < 4*32; at += m.width {
		v := m.vector()
		VPMULLD(Mem{Base: src, Disp: at}, stride, v)
		VPADDD(v, base, v)
		if !set {
			VPADDD(Mem{Base: dst, Disp: at}, v, v)
		}
		m.keep(v, Mem{Base: dst, Disp: at})
	}
	ADDQ(U32(4*32), src)
	ADDQ(U32(4*32), dst)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// laneRows writes src[i]<<shift + base to dst[i], or adds it, modulo 2⁶⁴.
func laneRows(m machine, set bool) {
	name := rowsName("Lanes", m, set)
	TEXT(name, NOSPLIT|NOFRAME, "func(blocks int, dst *uint64, src *int32, shift, base uint64)")
	Doc(fmt.Sprintf("%s does blocks of 32 rows, at least one.", name))
	Pragma("noescape")
	blocks, dst, src := Load(Param("blocks"), GP64()), Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	shift := XMM()
	VMOVQ(Load(Param("shift"), GP64()), shift)
	base := everyLane(m, Load(Param("base"), GP64()), true)
	Label("loop")
	for at := 0; at < 8*32; at += m.width {
		v := m.vector()
		VPMOVSXDQ(Mem{Base: src, Disp: at / 2}, v)
		VPSLLQ(shift, v, v)
		VPADDQ(v, base, v)
		if !set {
			VPADDQ(Mem{Base: dst, Disp: at}, v, v)
		}
		m.keep(v, Mem{Base: dst, Disp: at})
	}
	ADDQ(U32(4*32), src)
	ADDQ(U32(8*32), dst)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
