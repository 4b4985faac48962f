package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// numbers is a reading of the numbers of one field of many records, eight at a
// time, while it is being written.
type numbers struct {
	buf, marks, out, groups Register
	step                    Register // bytes from one group of marks to the next
	index                   VecVirtual
	zeros, nines            VecVirtual
	tens, hundreds, tenK    VecVirtual // what digits, pairs and fours are multiplied by
	bits                    VecVirtual // 64 in each lane
	one                     VecVirtual // of the lengths
}

// fields writes the readings of whole numbers and of decimal fractions.
func fields() {
	constants := fieldTables()
	for _, decimal := range []bool{false, true} {
		numbersAVX512(constants, decimal)
	}
}

func numbersAVX512(constants map[string]Mem, decimal bool) {
	name, out, point, what := "intsAVX512", "*int64", "", "up to 8 digits"
	if decimal {
		name, out, point, what = "decimalsAVX512", "*float64", "point uint64, ", "a point, at most 7 digits before and 7 behind it"
	}
	TEXT(name, NOSPLIT|NOFRAME, "func(groups int, buf *byte, marks *uint32, stride int, "+point+"out "+out+") (left int)")
	Doc(name+" reads groups of eight numbers, at least one: "+what+". It stops at the group in which one is not so,",
		"and returns how many groups are left. Number i lies between the places marks[i*stride] and marks[i*stride+1],",
		"neither of which is of it; eight bytes before its end and from its start on are read.")
	Pragma("noescape")
	n := loadNumbers(constants)
	var dots, powers VecVirtual
	if decimal {
		dots, powers = ZMM(), ZMM()
		r := Load(Param("point"), GP64())
		VPBROADCASTB(r.(GP).As32(), dots)
		VMOVUPD(constants["powers"], powers)
	}
	Label("group")
	starts, ends, lengths := n.places()
	if decimal {
		n.decimals(starts, ends, lengths, dots, powers)
	} else {
		n.ints(ends, lengths)
	}
	ADDQ(n.step, n.marks)
	ADDQ(U32(64), n.out)
	DECQ(n.groups)
	JNZ(LabelRef("group"))
	Label("stop")
	Store(n.groups, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func loadNumbers(constants map[string]Mem) *numbers {
	n := &numbers{buf: GP64(), marks: GP64(), out: GP64(), groups: GP64(), step: GP64(), index: YMM()}
	Load(Param("groups"), n.groups)
	Load(Param("buf"), n.buf)
	Load(Param("marks"), n.marks)
	Load(Param("stride"), n.step)
	Load(Param("out"), n.out)
	VPBROADCASTD(n.step.(GP).As32(), n.index)
	VPMULLD(constants["lanes"], n.index, n.index)
	SHLQ(U8(5), n.step) // eight records of stride marks of four bytes
	for _, v := range []*VecVirtual{&n.zeros, &n.nines, &n.tens, &n.hundreds, &n.tenK, &n.bits} {
		*v = ZMM()
	}
	for _, c := range []struct {
		name string
		to   VecVirtual
	}{{"zeros", n.zeros}, {"nines", n.nines}, {"tens", n.tens}, {"hundreds", n.hundreds}, {"tenK", n.tenK}, {"bits", n.bits}} {
		VPBROADCASTQ(constants[c.name], c.to)
	}
	n.one = YMM()
	VPBROADCASTD(constants["one"], n.one)
	return n
}

// all is a mask of ones: a gather clears it.
func all() Register {
	k := K()
	KXNORB(k, k, k)
	return k
}

// places loads where the numbers start and end, and how long they are.
func (n *numbers) places() (starts, ends, lengths VecVirtual) {
	starts, ends, lengths = YMM(), YMM(), YMM()
	VPGATHERDD(Mem{Base: n.marks, Index: n.index, Scale: 4}, all(), starts)
	VPGATHERDD(Mem{Base: n.marks, Index: n.index, Scale: 4, Disp: 4}, all(), ends)
	VPSUBD(starts, ends, lengths)
	VPSUBD(n.one, lengths, lengths)
	return starts, ends, lengths
}

// stopUnless leaves at the group at hand unless all lanes of a mask are set.
func stopUnless(k Register) {
	r := GP32()
	KMOVB(k, r)
	CMPB(r.As8(), U8(0xff))
	JNE(LabelRef("stop"))
}

// load gathers eight bytes of text a lane, as digits.
func (n *numbers) load(at VecVirtual, disp int) VecVirtual {
	v := ZMM()
	VPGATHERDQ(Mem{Base: n.buf, Index: at, Scale: 1, Disp: disp}, all(), v)
	return v
}

// last clears what is before the last lengths of eight bytes.
func (n *numbers) last(words, lengths VecVirtual) {
	shift := ZMM()
	VPMOVZXDQ(lengths, shift)
	VPSLLQ(U8(3), shift, shift)
	VPSUBQ(shift, n.bits, shift)
	VPSRLVQ(shift, words, words)
	VPSLLVQ(shift, words, words)
}

// digits stops if some byte of the words is no digit.
func (n *numbers) digits(words ...VecVirtual) {
	either := K()
	for i, w := range words {
		k := K()
		VPCMPUB(U8(6), n.nines, w, k) // greater
		if i == 0 {
			KMOVQ(k, either)
		} else {
			KORQ(k, either, either)
		}
	}
	KORTESTQ(either, either)
	JNZ(LabelRef("stop"))
}

// eight joins digits, pairs and fours of them, as the portable code does.
func (n *numbers) eight(words VecVirtual) {
	VPMADDUBSW(n.tens, words, words)
	VPMADDWD(n.hundreds, words, words)
	high := ZMM()
	VPSRLQ(U8(32), words, high)
	VPMULUDQ(n.tenK, words, words)
	VPADDQ(high, words, words)
}

func (n *numbers) ints(ends, lengths VecVirtual) {
	less, k := YMM(), K()
	VPSUBD(n.one, lengths, less)
	VPSRLD(U8(3), less, less) // 0 of what was 0 to 7
	VPTESTNMD(less, less, k)
	stopUnless(k)
	words := n.load(ends, -8)
	VPXORQ(n.zeros, words, words)
	n.last(words, lengths)
	n.digits(words)
	n.eight(words)
	VMOVDQU64(words, Mem{Base: n.out})
}

func (n *numbers) decimals(starts, ends, lengths, dots, powers VecVirtual) {
	head := n.load(starts, 1)
	k, lowest, before := K(), ZMM(), ZMM()
	// The lowest bit of the bytes that are points, if any, is a power of two:
	// its exponent tells how many bits are before it.
	VPCMPEQB(dots, head, k)
	VPMOVM2B(k, lowest)
	VPXORQ(before, before, before)
	VPSUBQ(lowest, before, before)
	VPANDQ(before, lowest, lowest)
	VPTESTMQ(lowest, lowest, k)
	stopUnless(k)
	VCVTUQQ2PD(lowest, before)
	VPSRLQ(U8(52), before, before)
	bias := ZMM()
	r := GP64()
	MOVQ(U32(1023), r)
	VPBROADCASTQ(r, bias)
	VPSUBQ(bias, before, before) // 8 × the digits before the point
	fraction, digits := YMM(), YMM()
	wide := ZMM()
	VPSRLQ(U8(3), before, wide)
	VPMOVQD(wide, digits)
	VPSUBD(digits, lengths, fraction)
	VPSUBD(n.one, fraction, fraction)
	// At most seven digits behind the point, at least one before or behind.
	less := YMM()
	VPSRLD(U8(3), fraction, less)
	VPTESTNMD(less, less, k)
	stopUnless(k)
	VPORD(fraction, digits, less)
	VPTESTMD(less, less, k)
	stopUnless(k)
	tail := n.load(ends, -8)
	VPXORQ(n.zeros, head, head)
	VPXORQ(n.zeros, tail, tail)
	VPSUBQ(before, n.bits, before)
	VPSLLVQ(before, head, head)
	n.last(tail, fraction)
	n.digits(head, tail)
	n.eight(head)
	n.eight(tail)
	VCVTQQ2PD(head, head)
	VCVTQQ2PD(tail, tail)
	power := ZMM()
	VPMOVZXDQ(fraction, power)
	VPERMPD(powers, power, power)
	VMULPD(power, head, head)
	VADDPD(tail, head, head)
	VDIVPD(power, head, head)
	VMOVUPD(head, Mem{Base: n.out})
}

// fieldTables declares the constants.
func fieldTables() map[string]Mem {
	tables := map[string]Mem{}
	for _, c := range []struct {
		name  string
		value uint64
	}{
		{"zeros", 0x3030303030303030}, {"nines", 0x0909090909090909}, {"tens", 0x010a010a010a010a},
		{"hundreds", 0x0001006400010064}, {"tenK", 10000}, {"bits", 64}, {"one", 1},
	} {
		tables[c.name] = GLOBL("field_"+c.name, attr.RODATA|attr.NOPTR)
		DATA(0, U64(c.value))
	}
	tables["lanes"] = GLOBL("field_lanes", attr.RODATA|attr.NOPTR)
	for i := range 8 {
		DATA(4*i, U32(i))
	}
	tables["powers"] = GLOBL("field_powers", attr.RODATA|attr.NOPTR)
	power := 1.0
	for i := range 8 {
		DATA(8*i, F64(power))
		power *= 10
	}
	return tables
}
