package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A reduction takes leaves of 512 values, one after the other, and writes the
// state of each. Its order of operations is that of reduce_portable.go: lanes
// that are added up apart, 32 of them (16 for moments), then their halves.

const leaf = 512

// reducer writes reductions in float64 registers.
type reducer struct {
	machine
	single bool // values in memory are float32
	x, y   stream
	index  Register
}

func (r *reducer) letter() string { return map[bool]string{false: "d", true: "s"}[r.single] }

// begin opens a function over leaves.
func (r *reducer) begin(name, about string, args string) (leaves, out Register) {
	element, bytes := "float64", 8
	if r.single {
		element, bytes = "float32", 4
	}
	full := r.letter() + name + r.set
	TEXT(full, NOSPLIT|NOFRAME, fmt.Sprintf("func(leaves int, %s *%s, out *float64)", args, element))
	Doc(full + " " + about + " of each leaf.")
	Pragma("noescape")
	leaves, out = Load(Param("leaves"), GP64()), Load(Param("out"), GP64())
	r.x = stream{Load(Param("x"), GP64()), bytes}
	if args == "x, y" {
		r.y = stream{Load(Param("y"), GP64()), bytes}
	}
	r.index = GP64()
	return leaves, out
}

// load reads one vector of float64, and fetches a line further on, which may be
// the next leaf's.
func (r *reducer) load(s stream, turn int) VecVirtual {
	v := r.vector()
	fetch(s, r.index, r.lanes(), turn)
	if r.single {
		VCVTPS2PD(s.memory(r.index, r.lanes(), turn), v)
	} else {
		VMOVUPD(s.memory(r.index, r.lanes(), turn), v)
	}
	return v
}

func (r *reducer) zeros(lanes int) []VecVirtual {
	sums := make([]VecVirtual, lanes/r.lanes())
	for i := range sums {
		sums[i] = r.vector()
		if r.width == 64 {
			VPXORQ(sums[i], sums[i], sums[i])
		} else {
			VXORPD(sums[i], sums[i], sums[i])
		}
	}
	return sums
}

// over turns until a leaf is through, lanes values at a time.
func (r *reducer) over(label string, lanes int, turn func()) {
	XORQ(r.index, r.index)
	Label(label)
	turn()
	ADDQ(U32(uint32(lanes)), r.index)
	CMPQ(r.index, U32(leaf))
	JLT(LabelRef(label))
}

// total adds the lanes up: registers of eight lanes in pairs, then the upper
// half of what is left to the lower one.
func (r *reducer) total(sums []VecVirtual) VecVirtual {
	eight := 8 / r.lanes() // registers for eight lanes
	for len(sums) > eight {
		half := len(sums) / 2
		for i := 0; i < half; i++ { // neighbours of eight lanes
			group, part := i/eight, i%eight
			VADDPD(sums[(2*group+1)*eight+part], sums[2*group*eight+part], sums[i])
		}
		sums = sums[:half]
	}
	four := YMM()
	if r.width == 64 {
		VEXTRACTF64X4(U8(1), sums[0], four)
		VADDPD(four, sums[0].AsY(), four)
	} else {
		VADDPD(sums[1], sums[0], four)
	}
	high, swapped := XMM(), XMM()
	VEXTRACTF128(U8(1), four, high)
	VADDPD(high, four.AsX(), high)
	VPERMILPD(U8(1), high, swapped)
	VADDSD(swapped, high, high)
	return high
}

// next moves on to the next leaf, and ends the function after the last.
func (r *reducer) next(leaves, out Register, bytes int) {
	ADDQ(U32(uint32(bytes)), out)
	ADDQ(U32(uint32(leaf*r.x.bytes)), r.x.base)
	if r.y.base != nil {
		ADDQ(U32(uint32(leaf*r.y.bytes)), r.y.base)
	}
	DECQ(leaves)
	JNZ(LabelRef("leaf"))
	VZEROUPPER()
	RET()
}

func (r *reducer) sum() {
	leaves, out := r.begin("sum", "adds up the values", "x")
	Label("leaf")
	sums := r.zeros(32)
	r.over("turn", 32, func() {
		for i, s := range sums {
			VADDPD(r.load(r.x, i), s, s)
		}
	})
	VMOVSD(r.total(sums), Mem{Base: out})
	r.next(leaves, out, 8)
}

func (r *reducer) dot() {
	leaves, out := r.begin("dot", "adds up the products of the values", "x, y")
	Label("leaf")
	sums := r.zeros(32)
	r.over("turn", 32, func() {
		for i, s := range sums {
			x := r.load(r.x, i)
			if r.single {
				VFMADD231PD(r.load(r.y, i), x, s)
			} else {
				fetch(r.y, r.index, r.lanes(), i)
				VFMADD231PD(r.y.memory(r.index, r.lanes(), i), x, s)
			}
		}
	})
	VMOVSD(r.total(sums), Mem{Base: out})
	r.next(leaves, out, 8)
}

// moments writes the sum, and the sums of the deviations from the mean and of
// their squares.
func (r *reducer) moments(consts *constants) {
	leaves, out := r.begin("moments", "adds up the values, their deviations from the mean and the squares of these", "x")
	Label("leaf")
	sums := r.zeros(32)
	r.over("turn", 32, func() {
		for i, s := range sums {
			VADDPD(r.load(r.x, i), s, s)
		}
	})
	total, mean := r.total(sums), r.vector()
	VMOVSD(total, Mem{Base: out})
	VMULSD(consts.address((&routine{}).num(1.0/leaf), 8), total, total)
	VBROADCASTSD(total, mean)
	off, squares := r.zeros(16), r.zeros(16)
	r.over("again", 16, func() {
		for i, s := range off {
			d := r.load(r.x, i)
			VSUBPD(mean, d, d)
			VADDPD(d, s, s)
			VFMADD231PD(d, d, squares[i])
		}
	})
	VMOVSD(r.total(off), Mem{Base: out, Disp: 8})
	VMOVSD(r.total(squares), Mem{Base: out, Disp: 16})
	r.next(leaves, out, 24)
}

// extreme writes the least value, NaN if there is one: the minima of both
// orders differ where they cannot be compared or are zeros, and the bits of
// either then give NaN and -0. For the greatest, all signs are turned.
func extreme(m machine, most bool) {
	name := m.letter + map[bool]string{false: "least", true: "most"}[most] + m.set
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(leaves int, x, out *%s)", m.name))
	Doc(name + " finds the " + map[bool]string{false: "least", true: "greatest"}[most] + " value of each leaf.")
	Pragma("noescape")
	leaves, out := Load(Param("leaves"), GP64()), Load(Param("out"), GP64())
	x, index := stream{Load(Param("x"), GP64()), m.bytes}, GP64()
	sign := m.vector()
	e := extremes{m, most, sign}
	e.signs()
	Label("leaf")
	var found []VecVirtual
	const vectors = 4
	for i := range vectors {
		v := m.vector()
		m.move(Mem{Base: x.base, Disp: i * m.width}, v)
		e.turn(v)
		found = append(found, v)
	}
	MOVQ(U32(uint32(vectors*m.lanes())), index)
	Label("turn")
	for i, f := range found {
		v := m.vector()
		fetch(x, index, m.lanes(), i)
		m.move(x.memory(index, m.lanes(), i), v)
		e.turn(v)
		e.least(v, f)
	}
	ADDQ(U32(uint32(vectors*m.lanes())), index)
	CMPQ(index, U32(leaf))
	JLT(LabelRef("turn"))
	e.least(found[1], found[0])
	e.least(found[3], found[2])
	e.least(found[2], found[0])
	e.across(found[0])
	e.turn(found[0])
	if m.bytes == 8 {
		VMOVSD(found[0].AsX(), Mem{Base: out})
	} else {
		VMOVSS(found[0].AsX(), Mem{Base: out})
	}
	ADDQ(U32(uint32(m.bytes)), out)
	ADDQ(U32(uint32(leaf*m.bytes)), x.base)
	DECQ(leaves)
	JNZ(LabelRef("leaf"))
	VZEROUPPER()
	RET()
}

type extremes struct {
	machine
	most bool
	sign VecVirtual
}

func (e extremes) signs() {
	if !e.most {
		return
	}
	if e.width == 64 {
		VPTERNLOGQ(U8(0xff), e.sign, e.sign, e.sign)
	} else {
		VPCMPEQD(e.sign, e.sign, e.sign)
	}
	if e.bytes == 8 {
		VPSLLQ(U8(63), e.sign, e.sign)
	} else {
		VPSLLD(U8(31), e.sign, e.sign)
	}
}

// turn changes all signs where the greatest value is sought.
func (e extremes) turn(v VecVirtual) {
	if e.most {
		VXORPD(e.sign, v, v)
	}
}

func (e extremes) least(v, found VecVirtual) {
	other, sign := e.vector(), VMINPD
	if e.bytes == 4 {
		sign = VMINPS
	}
	sign(v, found, other)
	sign(found, v, found)
	VORPD(other, found, found)
}

// across brings the least of all lanes into the first: half by half.
func (e extremes) across(v VecVirtual) {
	other := e.vector()
	if e.width == 64 {
		VSHUFF64X2(U8(0x4e), v, v, other)
		e.least(other, v)
		VSHUFF64X2(U8(0xb1), v, v, other)
	} else {
		VPERM2F128(U8(1), v, v, other)
	}
	e.least(other, v)
	VPERMILPD(U8(map[int]uint64{64: 0x55, 32: 0x5}[e.width]), v, other)
	e.least(other, v)
	if e.bytes == 4 {
		VPERMILPS(U8(0xb1), v, other)
		e.least(other, v)
	}
}

// reductions writes all of them for one level.
func reductions(set func(element) machine, e element, consts *constants) {
	r := func() *reducer { return &reducer{machine: set(float64s), single: e.bytes == 4} }
	r().sum()
	r().dot()
	r().moments(consts)
	extreme(set(e), false)
	extreme(set(e), true)
}
