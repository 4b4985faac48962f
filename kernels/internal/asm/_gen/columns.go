package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Columns are reduced a few rows at a time: a turn keeps the states of some
// columns in registers while it goes down the rows.

const columnVectors = 4 // of states in a turn

// downRows opens a loop over the rows below the first, at the columns of a turn.
// The address of the row is in at.
func downRows(rows, ld Register, first stream, index Register, turn func(at Register)) {
	at, left := GP64(), GP64()
	LEAQ(Mem{Base: first.base, Index: index, Scale: uint8(first.bytes)}, at)
	MOVQ(rows, left)
	JMP(LabelRef("down"))
	Label("row")
	turn(at)
	Label("down")
	ADDQ(ld, at)
	DECQ(left)
	JNZ(LabelRef("row"))
}

// columns says how columns are reduced: begin makes the states of a vector from
// the first row, next adds a vector of another row to one. With more the states
// begin with what they are, and the first row is one like others.
type columns struct {
	name, from, to string
	bytes          int // of a value
	prepare        func()
	begin, next    func(row Mem, state VecVirtual)
	resume         func(state Mem, to VecVirtual) // after end
	end            func(state VecVirtual)
	more           bool
}

func columnLoop(m machine, c columns) loopName {
	loop := loopName{c.name + map[bool]string{true: "More"}[c.more] + m.set, columnVectors * m.lanes()}
	TEXT(loop.name, NOSPLIT|NOFRAME, fmt.Sprintf("func(rows, ld, columns int, x *%s, out *%s)", c.from, c.to))
	Doc(fmt.Sprintf("%s reduces at least one row, of which each begins ld values behind the one before, and at least %d columns.", loop.name, loop.block))
	Pragma("noescape")
	c.prepare()
	rows, ld, n := Load(Param("rows"), GP64()), Load(Param("ld"), GP64()), Load(Param("columns"), GP64())
	x, out := stream{Load(Param("x"), GP64()), c.bytes}, stream{Load(Param("out"), GP64()), m.bytes}
	SHLQ(U8(uint64(shift(c.bytes))), ld)
	states := make([]VecVirtual, columnVectors)
	for i := range states {
		states[i] = m.vector()
	}
	turning(n, loop.block, func(index Register) {
		for i, s := range states {
			first := x.memory(index, m.lanes(), i)
			if c.more {
				c.resume(out.memory(index, m.lanes(), i), s)
				c.next(first, s)
				continue
			}
			c.begin(first, s)
		}
		downRows(rows, ld, x, index, func(at Register) {
			for i, s := range states {
				c.next(Mem{Base: at, Disp: i * m.lanes() * c.bytes}, s)
			}
		})
		for i, s := range states {
			c.end(s)
			m.move(s, out.memory(index, m.lanes(), i))
		}
	})
	return loop
}

// columnSums adds up in float64.
func columnSums(set func(element) machine, e element, more bool) loopName {
	m := set(float64s)
	load := func(row Mem, v VecVirtual) {
		if e.bytes == 4 {
			VCVTPS2PD(row, v)
		} else {
			VMOVUPD(row, v)
		}
	}
	return columnLoop(m, columns{
		name: e.letter + "columnSums", from: e.name, to: "float64", bytes: e.bytes,
		prepare: func() {}, begin: load, end: func(VecVirtual) {}, more: more,
		resume: func(state Mem, s VecVirtual) { VMOVUPD(state, s) },
		next: func(row Mem, s VecVirtual) {
			v := m.vector()
			load(row, v)
			VADDPD(v, s, s)
		},
	})
}

// columnExtremes finds the least values, or the greatest with all signs turned.
func columnExtremes(m machine, most, more bool) loopName {
	name := m.letter + map[bool]string{false: "columnLeast", true: "columnMost"}[most]
	e := &extremes{machine: m, most: most}
	turned := func(from Mem, s VecVirtual) {
		m.move(from, s)
		e.turn(s)
	}
	return columnLoop(m, columns{
		name: name, from: m.name, to: m.name, bytes: m.bytes,
		prepare: func() {
			e.sign = m.vector()
			e.signs()
		},
		begin: turned, resume: turned, more: more,
		next: func(row Mem, s VecVirtual) {
			v := m.vector()
			turned(row, v)
			e.least(v, s)
		},
		end: func(s VecVirtual) { e.turn(s) },
	})
}

// columnDeviations adds up the deviations from means and their squares.
func columnDeviations(set func(element) machine, e element) loopName {
	m := set(float64s)
	loop := loopName{e.letter + "columnDeviations" + m.set, columnVectors * m.lanes()}
	TEXT(loop.name, NOSPLIT|NOFRAME, fmt.Sprintf("func(rows, ld, columns int, x *%s, means, off, squares *float64)", e.name))
	Doc(fmt.Sprintf("%s adds up the deviations from the means, and their squares, of at least %d columns.", loop.name, loop.block))
	Pragma("noescape")
	rows, ld, n := Load(Param("rows"), GP64()), Load(Param("ld"), GP64()), Load(Param("columns"), GP64())
	x := stream{Load(Param("x"), GP64()), e.bytes}
	means, off := stream{Load(Param("means"), GP64()), 8}, stream{Load(Param("off"), GP64()), 8}
	squares := stream{Load(Param("squares"), GP64()), 8}
	SHLQ(U8(uint64(shift(e.bytes))), ld)
	var mean, sum, square [columnVectors]VecVirtual
	for i := range mean {
		mean[i], sum[i], square[i] = m.vector(), m.vector(), m.vector()
	}
	add := func(at func(i int) Mem) {
		for i := range mean {
			d := m.vector()
			if e.bytes == 4 {
				VCVTPS2PD(at(i), d)
			} else {
				VMOVUPD(at(i), d)
			}
			VSUBPD(mean[i], d, d)
			VADDPD(d, sum[i], sum[i])
			VFMADD231PD(d, d, square[i])
		}
	}
	turning(n, loop.block, func(index Register) {
		for i := range mean {
			VMOVUPD(means.memory(index, m.lanes(), i), mean[i])
			if m.width == 64 {
				VPXORQ(sum[i], sum[i], sum[i])
				VPXORQ(square[i], square[i], square[i])
			} else {
				VXORPD(sum[i], sum[i], sum[i])
				VXORPD(square[i], square[i], square[i])
			}
		}
		add(func(i int) Mem { return x.memory(index, m.lanes(), i) })
		downRows(rows, ld, x, index, func(at Register) {
			add(func(i int) Mem { return Mem{Base: at, Disp: i * m.lanes() * e.bytes} })
		})
		for i := range mean {
			VMOVUPD(sum[i], off.memory(index, m.lanes(), i))
			VMOVUPD(square[i], squares.memory(index, m.lanes(), i))
		}
	})
	return loop
}
