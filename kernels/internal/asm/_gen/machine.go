package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// An element is a floating-point type and the instructions that work on it.
type element struct {
	name, letter string // float64, d
	bytes        int
	integer      bool

	move    func(ops ...Op)
	fma     func(ops ...Op) // the last operand gains the product of the others
	take    func(ops ...Op) // the last operand loses the product of the others
	mul     func(ops ...Op)
	spread  func(ops ...Op) // one value to all lanes
	compare func(x, y Op)
	merge   func(mem, mask, x Op) // loads with an AVX-512 mask, zero elsewhere
	mask    func(x, mask, y Op)   // loads or stores with an AVX2 mask
}

var float64s = element{
	name: "float64", letter: "d", bytes: 8,
	move: VMOVUPD, fma: VFMADD231PD, take: VFNMADD231PD, mul: VMULPD, spread: VBROADCASTSD, compare: VUCOMISD,
	merge: VMOVUPD_Z, mask: VMASKMOVPD,
}

var float32s = element{
	name: "float32", letter: "s", bytes: 4,
	move: VMOVUPS, fma: VFMADD231PS, take: VFNMADD231PS, mul: VMULPS, spread: VBROADCASTSS, compare: VUCOMISS,
	merge: VMOVUPS_Z, mask: VMASKMOVPS,
}

// Integers are moved as floats are.
var int64s, int32s = integersLike(float64s, "int64", "q"), integersLike(float32s, "int32", "l")

func integersLike(e element, name, letter string) element {
	e.name, e.letter, e.integer = name, letter, true
	return e
}

// A machine is an element in the registers of one instruction set.
type machine struct {
	element
	set    string
	width  int // bytes of a register
	rows   int // of a tile of gemm: with 3 registers a row it fills the register file
	vector func() VecVirtual
	// tail prepares loads and stores of the first n of a register's lanes.
	tail func(n Register) partial
}

func (m machine) lanes() int { return m.width / m.bytes }

// partial loads and stores some of the lanes of a register. What it does not
// load is zero.
type partial struct{ load, store func(from, to Op) }

func avx512(e element) machine {
	m := machine{element: e, set: "AVX512", width: 64, rows: 8, vector: ZMM}
	m.tail = func(n Register) partial {
		ones := GP64()
		MOVQ(I32(-1), ones)
		BZHIQ(n, ones, ones)
		k := K()
		KMOVW(ones.As32(), k)
		return partial{
			load:  func(from, to Op) { e.merge(from, k, to) },
			store: func(from, to Op) { e.move(from, k, to) },
		}
	}
	return m
}

func avx2(e element, masks map[int]Mem) machine {
	m := machine{element: e, set: "AVX2", width: 32, rows: 4, vector: YMM}
	m.tail = func(n Register) partial {
		// The table is lanes of ones, then lanes of zeros: the mask of n lanes
		// starts n lanes before the zeros. It is loaded each time, since there
		// are no more than 16 registers.
		at := GP64()
		LEAQ(masks[e.bytes].Offset(m.width), at)
		NEGQ(n)
		LEAQ(Mem{Base: at, Index: n, Scale: uint8(e.bytes)}, at)
		return partial{
			load: func(from, to Op) {
				e.move(Mem{Base: at}, to)
				e.mask(from, to, to)
			},
			store: func(from, to Op) {
				mask := YMM()
				e.move(Mem{Base: at}, mask)
				e.mask(from, mask, to)
			},
		}
	}
	return m
}

// maskTables declares, for each size of element, a register of ones followed
// by one of zeros.
func maskTables() map[int]Mem {
	masks := map[int]Mem{}
	for _, e := range []element{float64s, float32s} {
		table := GLOBL(fmt.Sprintf("mask%d", e.bytes), attr.RODATA|attr.NOPTR)
		for i := range 8 {
			ones := U64(1<<64 - 1)
			if i >= 4 {
				ones = 0
			}
			DATA(8*i, ones)
		}
		masks[e.bytes] = table
	}
	return masks
}
