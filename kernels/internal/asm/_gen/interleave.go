package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rowsOf is the start and the step of four rows that are read side by side.
type rowsOf struct {
	from, step, three, to, toStep, turns Register
}

// beginInterleave opens a function that transposes four rows, and leaves the
// number of turns of its loop, each of 1<<log columns.
func beginInterleave(letter, element string, bytes int, log uint8) rowsOf {
	name := letter + "interleaveAVX2"
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(n int, src *%s, ld int, dst *%s, step int)", element, element))
	Doc(name + " needs a multiple of " + fmt.Sprint(1<<log) + " columns.")
	Pragma("noescape")
	r := rowsOf{
		turns: Load(Param("n"), GP64()), from: Load(Param("src"), GP64()), step: Load(Param("ld"), GP64()),
		to: Load(Param("dst"), GP64()), toStep: Load(Param("step"), GP64()), three: GP64(),
	}
	SHLQ(U8(shift(bytes)), r.step)
	SHLQ(U8(shift(bytes)), r.toStep)
	LEAQ(Mem{Base: r.step, Index: r.step, Scale: 2}, r.three)
	SHRQ(U8(log), r.turns)
	JZ(LabelRef("done"))
	Label("loop")
	return r
}

// row is where row i of the current columns starts.
func (r rowsOf) row(i int) Mem {
	return [4]Mem{
		{Base: r.from}, {Base: r.from, Index: r.step, Scale: 1},
		{Base: r.from, Index: r.step, Scale: 2}, {Base: r.from, Index: r.three, Scale: 1},
	}[i]
}

// end closes the loop over columns, of which a turn has read 32 bytes.
func (r rowsOf) end() {
	ADDQ(U8(32), r.from)
	DECQ(r.turns)
	JNZ(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	RET()
}

func interleaveFloat64() {
	r := beginInterleave("d", "float64", 8, 2)
	x, half := [4]VecVirtual{}, [4]VecVirtual{}
	for i := range x {
		x[i], half[i] = YMM(), YMM()
		VMOVUPD(r.row(i), x[i])
	}
	for i := 0; i < 4; i += 2 { // pairs of rows: columns 0 and 2, columns 1 and 3
		VUNPCKLPD(x[i+1], x[i], half[i])
		VUNPCKHPD(x[i+1], x[i], half[i+1])
	}
	for column := range 4 {
		out, halves := YMM(), U8(0x20)
		if column >= 2 {
			halves = 0x31
		}
		VPERM2F128(halves, half[2+column%2], half[column%2], out)
		VMOVUPD(out, Mem{Base: r.to})
		ADDQ(r.toStep, r.to)
	}
	r.end()
}

func interleaveFloat32() {
	r := beginInterleave("s", "float32", 4, 3)
	x, pair, out := [4]VecVirtual{}, [4]VecVirtual{}, [4]VecVirtual{}
	for i := range x {
		x[i], pair[i], out[i] = YMM(), YMM(), YMM()
		VMOVUPS(r.row(i), x[i])
	}
	for i := 0; i < 4; i += 2 { // in each half of a register: columns 0 and 1, columns 2 and 3
		VUNPCKLPS(x[i+1], x[i], pair[i])
		VUNPCKHPS(x[i+1], x[i], pair[i+1])
	}
	for column := range 4 {
		order := U8(0x44)
		if column%2 == 1 {
			order = 0xee
		}
		VSHUFPS(order, pair[2+column/2], pair[column/2], out[column])
		VMOVUPS(out[column].AsX(), Mem{Base: r.to})
		ADDQ(r.toStep, r.to)
	}
	for column := range 4 {
		VEXTRACTF128(U8(1), out[column], Mem{Base: r.to})
		ADDQ(r.toStep, r.to)
	}
	r.end()
}
