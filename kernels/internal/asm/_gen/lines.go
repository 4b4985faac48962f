package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// line is the loop of an operation on vectors, and on four rows of a matrix at
// a time, while it is being written: turns of several registers, then of one,
// then the lanes that are left.
type line struct {
	machine
	n, rest, index Register
	part           partial
}

// beginLine opens a function whose first argument is the number of values.
func beginLine(m machine, name, arguments, result, does string) *line {
	name = m.letter + name + m.set
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func("+arguments+") "+result, m.name))
	Doc(name + " " + does + ".")
	Pragma("noescape")
	l := &line{machine: m, n: GP64(), rest: GP64(), index: GP64()}
	Load(Param("n"), l.n)
	MOVQ(l.n, l.rest)
	ANDQ(U8(m.lanes()-1), l.rest)
	SUBQ(l.rest, l.n)
	count := GP64()
	MOVQ(l.rest, count)
	l.part = m.tail(count)
	return l
}

// over writes the loop: body is given the place of a register among those of a
// turn, and whether it has only the lanes that are left. The labels begin with
// the name.
func (l *line) over(name string, turns int, body func(turn int, last bool)) {
	end := GP64()
	XORQ(l.index, l.index)
	MOVQ(l.n, end)
	ANDQ(I32(int32(-turns*l.lanes())), end)
	JZ(LabelRef(name + "Single"))
	Label(name + "Many")
	for u := range turns {
		body(u, false)
	}
	ADDQ(U32(uint32(turns*l.lanes())), l.index)
	CMPQ(l.index, end)
	JLT(LabelRef(name + "Many"))
	Label(name + "Single")
	CMPQ(l.index, l.n)
	JGE(LabelRef(name + "Tail"))
	body(0, false)
	ADDQ(U32(uint32(l.lanes())), l.index)
	JMP(LabelRef(name + "Single"))
	Label(name + "Tail")
	TESTQ(l.rest, l.rest)
	JZ(LabelRef(name + "End"))
	body(0, true)
	Label(name + "End")
}

func (l *line) at(base Register, turn int) Mem {
	return Mem{Base: base, Index: l.index, Scale: uint8(l.bytes), Disp: turn * l.width}
}

func (l *line) load(from Mem, last bool) VecVirtual {
	v := l.vector()
	if last {
		l.part.load(from, v)
	} else {
		l.move(from, v)
	}
	return v
}

func (l *line) store(v VecVirtual, to Mem, last bool) {
	if last {
		l.part.store(v, to)
	} else {
		l.move(v, to)
	}
}

func (l *line) zeros(n int) []VecVirtual {
	var all []VecVirtual
	for range n {
		v := l.vector()
		if l.width == 64 {
			VPXORQ(v, v, v)
		} else {
			VXORPS(v, v, v)
		}
		all = append(all, v)
	}
	return all
}

// add adds x to y.
func (l *line) add(x, y Op) {
	if l.bytes == 8 {
		VADDPD(x, y, y)
	} else {
		VADDPS(x, y, y)
	}
}

// total adds up the registers and leaves the sum of their lanes in the first
// lane.
func (l *line) total(sums []VecVirtual) VecVirtual {
	for len(sums) > 1 {
		half := len(sums) / 2
		for i := range half {
			l.add(sums[half+i], sums[i])
		}
		sums = sums[:half]
	}
	low := sums[0].AsY().(VecVirtual)
	high, x := YMM(), XMM()
	if l.width == 64 {
		VEXTRACTF64X4(U8(1), sums[0], high)
		l.add(high, low)
	}
	VEXTRACTF128(U8(1), low, x)
	l.add(x, low.AsX())
	VPERMILPD(U8(1), low.AsX(), x)
	l.add(x, low.AsX())
	if l.bytes == 4 {
		VPERMILPS(U8(1), low.AsX(), x)
		l.add(x, low.AsX())
	}
	return sums[0]
}

func (l *line) returnTotal(sums []VecVirtual) {
	Store(l.total(sums).AsX(), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func pointer(name string) Register { return Load(Param(name), GP64()) }

func axpy(m machine) {
	l := beginLine(m, "axpy", "n int, alpha %[1]s, x, y *%[1]s", "", "adds alpha times x to y")
	x, y, alpha := pointer("x"), pointer("y"), l.vector()
	l.spread(argument("alpha"), alpha)
	l.over("turn", 4, func(u int, last bool) {
		v, w := l.load(l.at(x, u), last), l.load(l.at(y, u), last)
		l.fma(v, alpha, w)
		l.store(w, l.at(y, u), last)
	})
	VZEROUPPER()
	RET()
}

func scal(m machine) {
	l := beginLine(m, "scal", "n int, alpha %[1]s, x *%[1]s", "", "multiplies x by alpha")
	x, alpha := pointer("x"), l.vector()
	l.spread(argument("alpha"), alpha)
	l.over("turn", 4, func(u int, last bool) {
		v := l.load(l.at(x, u), last)
		l.mul(alpha, v, v)
		l.store(v, l.at(x, u), last)
	})
	VZEROUPPER()
	RET()
}

func dot(m machine) {
	l := beginLine(m, "inner", "n int, x, y *%[1]s", m.name, "adds up the products of x and y")
	x, y := pointer("x"), pointer("y")
	sums := l.zeros(8)
	l.over("turn", 8, func(u int, last bool) {
		v := l.load(l.at(x, u), last)
		if last {
			l.fma(l.load(l.at(y, u), last), v, sums[u])
		} else {
			l.fma(l.at(y, u), v, sums[u])
		}
	})
	l.returnTotal(sums)
}

func asum(m machine) {
	l := beginLine(m, "asum", "n int, x *%[1]s", m.name, "adds up the magnitudes of x")
	x := pointer("x")
	sums, magnitude := l.zeros(8), l.vector()
	ones(l.machine, magnitude)
	l.over("turn", 8, func(u int, last bool) {
		v := l.load(l.at(x, u), last)
		if l.width == 64 {
			VPANDQ(magnitude, v, v)
		} else {
			VPAND(magnitude, v, v)
		}
		l.add(v, sums[u])
	})
	l.returnTotal(sums)
}

// ones sets all bits of each lane but the sign's.
func ones(m machine, v VecVirtual) {
	if m.width == 64 {
		VPTERNLOGQ(U8(0xff), v, v, v)
	} else {
		VPCMPEQD(v, v, v)
	}
	if m.bytes == 8 {
		VPSRLQ(U8(1), v, v)
	} else {
		VPSRLD(U8(1), v, v)
	}
}

// rowsTimes writes the products of rows, four at a time, and a vector.
func rowsTimes(m machine) {
	l := beginLine(m, "rowsTimes", "n, groups int, alpha %[1]s, a *%[1]s, lda int, x, y *%[1]s", "", "adds alpha times the products of four rows of a and x to y, for each group")
	x, y := pointer("x"), pointer("y")
	alpha := l.vector()
	Label("group")
	rows := l.rowPointers()
	sums := l.zeros(8)
	l.over("turn", 2, func(u int, last bool) {
		v := l.load(l.at(x, u), last)
		for i, row := range rows {
			switch {
			case last:
				l.fma(l.load(l.at(row, u), last), v, sums[4*u+i])
			default:
				l.fma(l.at(row, u), v, sums[4*u+i])
			}
		}
	})
	l.spread(argument("alpha"), alpha)
	for i := range rows {
		sum := l.total([]VecVirtual{sums[i], sums[4+i]}).AsX()
		to := Mem{Base: y, Disp: i * l.bytes}
		if l.bytes == 8 {
			VMULSD(alpha.AsX(), sum, sum)
			VADDSD(to, sum, sum)
			VMOVSD(sum, to)
		} else {
			VMULSS(alpha.AsX(), sum, sum)
			VADDSS(to, sum, sum)
			VMOVSS(sum, to)
		}
	}
	ADDQ(U8(4*l.bytes), y)
	l.nextGroup()
}

// rowPointers are those of the four rows of a group.
func (l *line) rowPointers() []Register {
	rows := []Register{Load(Param("a"), GP64())}
	step := Load(Param("lda"), GP64())
	SHLQ(U8(shift(l.bytes)), step)
	for range 3 {
		next := GP64()
		LEAQ(Mem{Base: rows[len(rows)-1], Index: step, Scale: 1}, next)
		rows = append(rows, next)
	}
	return rows
}

// nextGroup moves a on, which is kept among the arguments.
func (l *line) nextGroup() {
	step := Load(Param("lda"), GP64())
	SHLQ(U8(shift(l.bytes)+2), step)
	ADDQ(step, argument("a"))
	DECQ(argument("groups"))
	JNZ(LabelRef("group"))
	VZEROUPPER()
	RET()
}

// timesRows writes the product of a vector and rows, four at a time.
func timesRows(m machine) {
	l := beginLine(m, "timesRows", "n, groups int, alpha %[1]s, a *%[1]s, lda int, x, y *%[1]s", "", "adds alpha times the product of x and four rows of a to y, for each group")
	x, y := pointer("x"), pointer("y")
	alpha := l.vector()
	l.spread(argument("alpha"), alpha)
	Label("group")
	rows := l.rowPointers()
	var factors []VecVirtual
	for i := range rows {
		f := l.vector()
		l.spread(Mem{Base: x, Disp: i * l.bytes}, f)
		l.mul(alpha, f, f)
		factors = append(factors, f)
	}
	l.over("turn", 2, func(u int, last bool) {
		v := l.load(l.at(y, u), last)
		for i, row := range rows {
			switch {
			case last:
				l.fma(l.load(l.at(row, u), last), factors[i], v)
			default:
				l.fma(l.at(row, u), factors[i], v)
			}
		}
		l.store(v, l.at(y, u), last)
	})
	ADDQ(U8(4*l.bytes), x)
	l.nextGroup()
}

// lines writes all of them for one level.
func lines(m machine) {
	axpy(m)
	scal(m)
	dot(m)
	asum(m)
	rowsTimes(m)
	timesRows(m)
}
