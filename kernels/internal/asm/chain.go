package asm

import (
	"sync"
	"unsafe"
)

// Routine is a function of vectors that a [Chain] can call. The zero Routine is
// none: the portable level has no others.
type Routine struct {
	address uintptr
	flags   uintptr // where among its arguments it says what it flagged
	shift   uintptr // n of its arguments is that of the values, shifted right
	block   int
}

// Exists reports whether there is such a routine.
func (r Routine) Exists() bool { return r.address != 0 }

// Operand is where a routine reads or writes: Stride bytes further for each
// value, or, if that is 0, at the same place for each piece, which then needs
// room for twice the values of one.
type Operand struct {
	Base   unsafe.Pointer
	Stride int
}

// link is a routine with its operands, as the assembly reads it.
type link struct {
	entry  uintptr
	flags  uintptr
	shift  uintptr
	base   [4]unsafe.Pointer
	stride [4]uintptr
}

// PieceBytes is how many bytes of its widest operand a chain computes at a
// time: so few that the processor, which looks some hundred instructions ahead,
// has the next routine to work on while it waits for a root or the memory.
const PieceBytes = 512

// leastPiece is how many values a piece has at least.
const leastPiece = PieceBytes / 8

// Chain runs routines one after the other over a piece of their operands, then
// over the next. A chain is used by one goroutine at a time.
type Chain struct {
	Piece int // values at a time, 64 or more
	links []link
}

// Add appends a routine and returns its number. It panics if there is none.
func (c *Chain) Add(r Routine) int {
	if !r.Exists() {
		panic("asm: a chain with a routine that this level does not have")
	}
	if r.block > min(c.Piece, leastPiece) {
		panic("asm: a routine whose turns are longer than a piece")
	}
	c.links = append(c.links, link{entry: r.address, flags: r.flags, shift: r.shift})
	return len(c.links) - 1
}

// Len is how many routines there are.
func (c *Chain) Len() int { return len(c.links) }

// Set sets operand k, of which 0 is the result, of a routine.
func (c *Chain) Set(routine, k int, o Operand) {
	l := &c.links[routine]
	l.base[k], l.stride[k] = o.Base, uintptr(o.Stride)
}

// Run computes n values, at least a piece, with the first so many routines. It
// reports whether any of them flagged a value: the results are then not right.
func (c *Chain) Run(routines, n int) (flagged bool) {
	if n < c.Piece || routines > len(c.links) {
		panic("asm: a chain over too little")
	}
	if routines == 0 {
		return false
	}
	return runChain(&c.links[0], routines, n, c.Piece) != 0
}

// Routines are the functions of one element and level as routines.
type Routines struct {
	Unary   [UnaryCount]Routine
	Binary  [BinaryCount]Routine
	FMA     Routine
	Compare [CompareCount]Routine
	Choose  Routine
	// BesideRoot has the roots of operand 2 as result 0 and a function of operand
	// 3 as result 1, in the time that the slower of the two takes alone.
	BesideRoot [UnaryCount]Routine
}

// RoutinesFor returns the routines of a level that the machine has.
func RoutinesFor[T Float](l Level) *Routines {
	all, into := &Routines{}, routinesFor[T](l)
	if into == nil {
		return all
	}
	for f, r := range into.unary {
		all.Unary[f] = routine(r.entry, 3, r.block)
	}
	for f, r := range into.binary {
		all.Binary[f] = routine(r.entry, 4, r.block)
	}
	for f, r := range into.besideRoot {
		if r.block > 0 {
			all.BesideRoot[f] = routine(r.entry, 5, r.block)
		}
	}
	all.FMA = routine(into.fma.entry, 5, into.fma.block)
	for f, r := range into.compare {
		all.Compare[f] = routine(r.entry, 5, r.block)
	}
	all.Choose = routine(into.choose.entry, 5, into.choose.block)
	return all
}

// StreamRoutine copies values of so many bytes past the caches, from operand 1
// to operand 0, which begins on a line; their number is one of whole lines.
func StreamRoutine(l Level, bytes int) Routine {
	if l == Portable {
		return Routine{}
	}
	r := routine(streamEntry(l), 5, line/bytes)
	for n := line / bytes; n > 1; n /= 2 {
		r.shift++
	}
	return r
}

// routine has its result behind so many arguments; 5 stands for none, which is
// where chain has a zero, and where that of fma comes.
func routine(entry, arguments, block int) Routine {
	return Routine{address: addresses()[entry], flags: uintptr(8 * arguments), block: block}
}

var addresses = sync.OnceValue(readAddresses)
