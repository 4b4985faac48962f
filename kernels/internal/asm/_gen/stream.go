package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// streamLoop writes the copying of whole lines past the caches: a line that is
// written as a whole need not be read first.
func streamLoop(m machine) string {
	name := "stream" + m.set
	TEXT(name, NOSPLIT|NOFRAME, "func(lines int, dst, src *byte)")
	Doc(name + " copies lines of 64 bytes, at least one; dst is aligned to them. A fence has to follow.")
	Pragma("noescape")
	lines, dst, src := Load(Param("lines"), GP64()), Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	Label("loop")
	for at := 0; at < 64; at += m.width {
		v := m.vector()
		m.move(Mem{Base: src, Disp: at}, v)
		VMOVNTDQ(v, Mem{Base: dst, Disp: at})
	}
	ADDQ(U32(64), src)
	ADDQ(U32(64), dst)
	DECQ(lines)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
	return name
}

// fence writes what makes streamed lines visible before anything that follows.
func fence() {
	TEXT("storeFence", NOSPLIT|NOFRAME, "func()")
	Doc("storeFence orders the streamed stores before all that follow.")
	SFENCE()
	RET()
}
