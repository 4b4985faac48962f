package main

import (
	"fmt"
	"os"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// entries are the routines that a chain can call, by number.
var entries []string

// entry gives a routine its number.
func entry(name string) int {
	entries = append(entries, name)
	return len(entries) - 1
}

// writeEntries writes the function that tells where the routines begin.
func writeEntries() {
	TEXT("entryAddresses", NOSPLIT|NOFRAME, "func(to *uintptr)")
	Doc("entryAddresses writes the addresses of the routines that a chain can call.")
	Pragma("noescape")
	to, at := Load(Param("to"), GP64()), GP64()
	for i, name := range entries {
		LEAQ(NewDataAddr(Symbol{Name: "·" + name}, 0), at)
		MOVQ(at, Mem{Base: to, Disp: 8 * i})
	}
	RET()
}

// Where the fields of a link are, in chain.go of package asm.
const (
	linkEntry  = 0
	linkFlags  = 8
	linkShift  = 16
	linkBase   = 24
	linkStride = 56
	linkSize   = 88
)

// chain writes the loop that calls routines one after the other, for a piece of
// the values at a time. Six words for arguments and a result come first in its
// frame; what it must remember lies behind them, as a routine may use every
// register.
func chain() {
	TEXT("chain", NOSPLIT, "func(links *uintptr, count, n, piece int) uint64")
	Doc("chain calls count routines for each piece of n values, and returns what they flagged.")
	Pragma("noescape")
	frame := AllocLocal(6*8 + 5*8)
	slot := func(i int) Mem { return frame.Offset(8 * i) }
	index, size, at, left, flags := slot(6), slot(7), slot(8), slot(9), slot(10)
	zero := GP64()
	XORQ(zero, zero)
	MOVQ(zero, slot(5))
	MOVQ(zero, index)
	MOVQ(zero, flags)

	Label("next")
	now, piece := Load(Param("n"), GP64()), Load(Param("piece"), GP64())
	SUBQ(index, now)
	twice := GP64()
	LEAQ(Mem{Base: piece, Index: piece, Scale: 1}, twice)
	CMPQ(now, twice) // what is left after a piece is another, or nothing
	CMOVQGE(piece, now)
	MOVQ(now, size)
	first, count := Load(Param("links"), GP64()), Load(Param("count"), GP64())
	MOVQ(first, at)
	MOVQ(count, left)

	Label("link")
	l, i := GP64(), GP64()
	MOVQ(at, l)
	MOVQ(index, i)
	for k := range 4 {
		address := GP64()
		MOVQ(Mem{Base: l, Disp: linkStride + 8*k}, address)
		IMULQ(i, address)
		ADDQ(Mem{Base: l, Disp: linkBase + 8*k}, address)
		MOVQ(address, slot(1+k))
	}
	MOVQ(Mem{Base: l, Disp: linkShift}, RCX)
	n := GP64()
	MOVQ(size, n)
	SHRQ(CL, n)
	MOVQ(n, slot(0))
	to := GP64()
	MOVQ(Mem{Base: l, Disp: linkEntry}, to)
	Instruction(&ir.Instruction{Opcode: "CALL", Operands: []Op{to}, Inputs: []Op{to}})

	where, found := GP64(), GP64()
	MOVQ(at, l)
	MOVQ(Mem{Base: l, Disp: linkFlags}, where)
	MOVQ(Mem{Base: frame.Base, Disp: frame.Disp, Index: where, Scale: 1}, found)
	ORQ(found, flags)
	ADDQ(U32(linkSize), l)
	MOVQ(l, at)
	DECQ(left)
	JNZ(LabelRef("link"))

	done, all := GP64(), Load(Param("n"), GP64())
	MOVQ(index, done)
	ADDQ(size, done)
	MOVQ(done, index)
	CMPQ(done, all)
	JLT(LabelRef("next"))
	result := GP64()
	MOVQ(flags, result)
	Store(result, ReturnIndex(0))
	RET()
}

// layout stops the generator when the offsets above are not as documented.
func init() {
	if linkStride+4*8 != linkSize {
		fmt.Fprintln(os.Stderr, "_gen: the fields of a link overlap")
		os.Exit(1)
	}
}
