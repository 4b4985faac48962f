package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// instruction is the plain form of an instruction of three or more operands
// and the one that spreads a single value in memory to all lanes.
type instruction struct {
	plain, spread func(ops ...Op)
}

// arithmetic holds the instructions of an operation for 8 and 4 bytes.
var arithmetic = map[operation]map[int]instruction{
	opAdd:  {8: {VADDPD, VADDPD_BCST}, 4: {VADDPS, VADDPS_BCST}},
	opSub:  {8: {VSUBPD, VSUBPD_BCST}, 4: {VSUBPS, VSUBPS_BCST}},
	opMul:  {8: {VMULPD, VMULPD_BCST}, 4: {VMULPS, VMULPS_BCST}},
	opDiv:  {8: {VDIVPD, VDIVPD_BCST}, 4: {VDIVPS, VDIVPS_BCST}},
	opLess: {8: {VMINPD, VMINPD_BCST}, 4: {VMINPS, VMINPS_BCST}},
	opMore: {8: {VMAXPD, VMAXPD_BCST}, 4: {VMAXPS, VMAXPS_BCST}},
}

// bitwise holds those of bits, for AVX-512 and for AVX2. The constants of 4 bytes
// are in memory side by side, so that logic of 8 bytes does for them.
var bitwise = map[operation]struct{ wide, narrow instruction }{
	opAnd:    {wide: instruction{VPANDQ, VPANDQ_BCST}, narrow: instruction{plain: three(VPAND)}},
	opOr:     {wide: instruction{VPORQ, VPORQ_BCST}, narrow: instruction{plain: three(VPOR)}},
	opXor:    {wide: instruction{VPXORQ, VPXORQ_BCST}, narrow: instruction{plain: three(VPXOR)}},
	opIntAdd: {wide: instruction{VPADDQ, VPADDQ_BCST}, narrow: instruction{plain: VPADDQ}},
	opIntSub: {wide: instruction{VPSUBQ, VPSUBQ_BCST}, narrow: instruction{plain: VPSUBQ}},
}

func three(f func(x, y, z Op)) func(ops ...Op) {
	return func(ops ...Op) { f(ops[0], ops[1], ops[2]) }
}

// integers32 holds those of integers of 4 bytes.
var integers32 = map[operation]instruction{
	opIntAdd: {VPADDD, VPADDD_BCST},
	opIntSub: {VPSUBD, VPSUBD_BCST},
}

// fused holds the forms of a fused multiply-add by sign: 132 multiplies the
// result by the memory operand, 213 adds it, 231 multiplies the two others.
type fused struct{ form132, form213, form231 instruction }

var fusedForms = map[uint64]map[int]fused{
	0: {8: {instruction{VFMADD132PD, VFMADD132PD_BCST}, instruction{VFMADD213PD, VFMADD213PD_BCST}, instruction{VFMADD231PD, VFMADD231PD_BCST}},
		4: {instruction{VFMADD132PS, VFMADD132PS_BCST}, instruction{VFMADD213PS, VFMADD213PS_BCST}, instruction{VFMADD231PS, VFMADD231PS_BCST}}},
	minusProduct: {8: {instruction{VFNMADD132PD, VFNMADD132PD_BCST}, instruction{VFNMADD213PD, VFNMADD213PD_BCST}, instruction{VFNMADD231PD, VFNMADD231PD_BCST}},
		4: {instruction{VFNMADD132PS, VFNMADD132PS_BCST}, instruction{VFNMADD213PS, VFNMADD213PS_BCST}, instruction{VFNMADD231PS, VFNMADD231PS_BCST}}},
	minusAddend: {8: {instruction{VFMSUB132PD, VFMSUB132PD_BCST}, instruction{VFMSUB213PD, VFMSUB213PD_BCST}, instruction{VFMSUB231PD, VFMSUB231PD_BCST}}},
	minusProduct | minusAddend: {8: {instruction{VFNMSUB132PD, VFNMSUB132PD_BCST}, instruction{VFNMSUB213PD, VFNMSUB213PD_BCST},
		instruction{VFNMSUB231PD, VFNMSUB231PD_BCST}}},
}
