package main

import (
	"fmt"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// solve writes the substitution with one triangle of rows×rows coefficients,
// on tiles that stay in registers. The triangle is stored by columns, with the
// reciprocals of its diagonal.
func solve(m machine, vectors int, lower bool) {
	name := fmt.Sprintf("%ssolve%s%sx%d", m.letter, map[bool]string{true: "Lower", false: "Upper"}[lower], m.set, vectors)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(tiles int, t, x *%s, ldx, tail int)", m.name))
	Doc(fmt.Sprintf("%s solves for %d rows and %d columns a tile.", name, m.rows, vectors*m.lanes()))
	Pragma("noescape")
	part := m.tail(Load(Param("tail"), GP64()))
	tiles, triangle := Load(Param("tiles"), GP64()), Load(Param("t"), GP64())
	rows := stridedAt("x", "ldx", m.bytes)
	low := GP64()
	Label("tile")
	LEAQ(Mem{Base: rows.base, Index: rows.step, Scale: 4}, low)
	at := func(i, j int) Mem {
		if i < 4 {
			return rows.row(rows.base, i, j*m.width)
		}
		return rows.row(low, i-4, j*m.width)
	}
	sums := make([][]VecVirtual, m.rows)
	for i := range sums {
		for j := range vectors {
			x := m.vector()
			sums[i] = append(sums[i], x)
			if j == vectors-1 {
				part.load(at(i, j), x)
			} else {
				m.move(at(i, j), x)
			}
		}
	}
	order := make([]int, m.rows)
	for i := range order {
		order[i] = i
	}
	if !lower {
		slices.Reverse(order)
	}
	for done, i := range order {
		factor := m.vector()
		m.spread(Mem{Base: triangle, Disp: (i*m.rows + i) * m.bytes}, factor)
		for j, x := range sums[i] {
			m.mul(factor, x, x)
			if j == vectors-1 {
				part.store(x, at(i, j))
			} else {
				m.move(x, at(i, j))
			}
		}
		for _, r := range order[done+1:] {
			link := m.vector()
			m.spread(Mem{Base: triangle, Disp: (i*m.rows + r) * m.bytes}, link)
			for j, x := range sums[i] {
				m.take(x, link, sums[r][j])
			}
		}
	}
	ADDQ(I32(int32(vectors*m.width)), rows.base)
	DECQ(tiles)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}
