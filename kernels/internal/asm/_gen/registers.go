package main

import (
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Vector registers are handed out here and not by avo: along code without
// branches the first free one will do, while avo's colouring fails long before
// the registers are all in use.

// prepareRegisters makes all vector registers free.
func (a *assembler) prepareRegisters() {
	names, n := []VecPhysical{X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13, X14, X15,
		X16, X17, X18, X19, X20, X21, X22, X23, X24, X25, X26, X27, X28, X29, X30, X31}, 16
	if a.spreads() {
		n = 32
	}
	for i := n - 1; i >= 0; i-- {
		if a.spreads() {
			a.free = append(a.free, names[i].AsZ())
		} else {
			a.free = append(a.free, names[i].AsY())
		}
	}
}

func (a *assembler) take() Op {
	last := len(a.free) - 1
	if last < 0 {
		panic("no register is free: " + a.set)
	}
	v := a.free[last]
	a.free = a.free[:last]
	return v
}

func (a *assembler) release(v Op) { a.free = append(a.free, v) }

// bury gives back the registers that nothing reads after the node at hand, but
// for the one that holds its result.
func (a *assembler) bury(n *node, turn int) {
	for _, v := range a.borrowed {
		a.release(v)
	}
	a.borrowed = nil
	seen := map[*node]bool{}
	for _, x := range n.args {
		x = x.root()
		if x.kind == kindMask && a.spreads() || !a.dies(x) || seen[x] {
			continue
		}
		seen[x] = true
		if v := a.vals[turn][x]; v != a.vals[turn][n] {
			a.release(v)
		}
	}
}
