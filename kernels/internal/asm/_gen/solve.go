package main

import (
	"fmt"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// solve writes the substitution with one triangle of rows×rows coefficients,
// on a tile that stays in registers. The triangle is stored by columns, with
// the reciprocals of its diagonal.
func solve(m machine, vectors int, lower bool) {
	name := fmt.Sprintf("%ssolve%s%sx%d", m.letter, map[bool]string{true: "Lower", false: "Upper"}[lower], m.set, vectors)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(t, x *%s)", m.name))
	Doc(fmt.Sprintf("%s solves for %d rows and %d columns.", name, m.rows, vectors*m.lanes()))
	Pragma("noescape")
	triangle, tile := Load(Param("t"), GP64()), Load(Param("x"), GP64())
	sums := make([][]VecVirtual, m.rows)
	for i := range sums {
		for range vectors {
			sums[i] = append(sums[i], m.vector())
		}
	}
	at := func(i, j int) Mem { return Mem{Base: tile, Disp: (i*vectors + j) * m.width} }
	order := make([]int, m.rows)
	for i := range order {
		order[i] = i
	}
	if !lower {
		slices.Reverse(order)
	}
	for i, row := range sums {
		for j, x := range row {
			m.move(at(i, j), x)
		}
	}
	for done, i := range order {
		factor := m.vector()
		m.spread(Mem{Base: triangle, Disp: (i*m.rows + i) * m.bytes}, factor)
		for j, x := range sums[i] {
			m.mul(factor, x, x)
			m.move(x, at(i, j))
		}
		for _, r := range order[done+1:] {
			link := m.vector()
			m.spread(Mem{Base: triangle, Disp: (i*m.rows + r) * m.bytes}, link)
			for j, x := range sums[i] {
				m.take(x, link, sums[r][j])
			}
		}
	}
	VZEROUPPER()
	RET()
}
