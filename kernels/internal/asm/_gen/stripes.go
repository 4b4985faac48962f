package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// stripes writes the copying of rows that are some registers long.
func stripes(m machine, vectors int) {
	name := fmt.Sprintf("%sstripes%s", m.letter, m.set)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(n int, src *%s, ld int, dst *%s)", m.name, m.name))
	Doc(fmt.Sprintf("%s copies rows of %d values.", name, vectors*m.lanes()))
	Pragma("noescape")
	n, from := Load(Param("n"), GP64()), Load(Param("src"), GP64())
	step, to := Load(Param("ld"), GP64()), Load(Param("dst"), GP64())
	SHLQ(U8(shift(m.bytes)), step)
	Label("loop")
	for j := range vectors {
		x := m.vector()
		m.move(Mem{Base: from, Disp: j * m.width}, x)
		m.move(x, Mem{Base: to, Disp: j * m.width})
	}
	ADDQ(step, from)
	ADDQ(U32(uint32(vectors*m.width)), to)
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
