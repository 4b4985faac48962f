package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// unroll is the number of steps along k in one turn of the main loop.
const unroll = 4

// tile is a micro-kernel while it is being written.
type tile struct {
	machine
	byRows  bool
	vectors int
	sums    [][]VecVirtual
	k       Register // the steps that are still to come
	a, b    strided  // the operands at the current step
	fetch   Register // the row of b that is fetched next
	low     Register // with eight rows of a: the fifth
	c, next Register // the tile of c, and the row of it to fetch
	step    Register // the bytes from row to row of c
	part    partial  // the last register of a row
}

// strided is a place in memory and the bytes from one to the next of the rows
// that are read side by side.
type strided struct{ base, step, three Register }

func stridedAt(pointer, step string, bytes int) strided {
	s := strided{Load(Param(pointer), GP64()), Load(Param(step), GP64()), GP64()}
	SHLQ(U8(shift(bytes)), s.step)
	LEAQ(Mem{Base: s.step, Index: s.step, Scale: 2}, s.three)
	return s
}

// row is where row i, of four, begins when the first one is at base.
func (s strided) row(base Register, i, disp int) Mem {
	return [4]Mem{
		{Base: base, Disp: disp}, {Base: base, Index: s.step, Scale: 1, Disp: disp},
		{Base: base, Index: s.step, Scale: 2, Disp: disp}, {Base: base, Index: s.three, Scale: 1, Disp: disp},
	}[i]
}

// advance moves on by 1 or 4 rows.
func (s strided) advance(base Register, rows int) {
	if rows == 1 {
		ADDQ(s.step, base)
	} else {
		LEAQ(Mem{Base: base, Index: s.step, Scale: 4}, base)
	}
}

// gemm writes the micro-kernel for a number of registers a row: rows × vectors
// sums stay in registers while it walks along k. The values of a for one step
// are side by side in memory, or each row of a is, with byRows.
func gemm(m machine, vectors int, byRows bool) {
	t := &tile{machine: m, vectors: vectors, byRows: byRows}
	name := fmt.Sprintf("%sgemm%s%sx%d", m.letter, map[bool]string{true: "Rows"}[byRows], m.set, vectors)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(tiles, k int, a *%[1]s, lda int, b *%[1]s, ldb, next int, c *%[1]s, ldc, skip, rows, tail int, alpha, beta %[1]s)", m.name))
	Doc(fmt.Sprintf("%s computes tiles of %d rows and %d columns.", name, m.rows, vectors*m.lanes()))
	Pragma("noescape")
	t.part = m.tail(Load(Param("tail"), GP64()))
	Label("tile")
	t.begin()
	t.products()
	t.finish()
	t.nextTile()
	VZEROUPPER()
	RET()
}

func shift(bytes int) uint8 { return map[int]uint8{4: 2, 8: 3}[bytes] }

func (t *tile) begin() {
	t.k = Load(Param("k"), GP64())
	t.a, t.b = stridedAt("a", "lda", t.bytes), stridedAt("b", "ldb", t.bytes)
	if t.byRows && t.rows == 8 {
		t.low = GP64()
		LEAQ(Mem{Base: t.a.base, Index: t.a.step, Scale: 4}, t.low)
	}
	t.fetch = GP64() // six rows ahead
	LEAQ(Mem{Base: t.b.base, Index: t.b.three, Scale: 2}, t.fetch)
	t.step, t.next = Load(Param("ldc"), GP64()), Load(Param("c"), GP64())
	SHLQ(U8(shift(t.bytes)), t.step)
	t.sums = nil
	for range t.rows {
		row := make([]VecVirtual, t.vectors)
		for j := range row {
			row[j] = t.vector()
			if t.width == 64 {
				VPXORQ(row[j], row[j], row[j])
			} else {
				VXORPS(row[j], row[j], row[j])
			}
		}
		t.sums = append(t.sums, row)
	}
}

// nextTile moves b and c on. Their places, and the count, are kept among the
// arguments: the registers are all in use.
func (t *tile) nextTile() {
	step := Load(Param("next"), GP64())
	SHLQ(U8(shift(t.bytes)), step)
	ADDQ(step, argument("b"))
	ADDQ(I32(int32(t.vectors*t.width)), argument("c"))
	DECQ(argument("tiles"))
	JNZ(LabelRef("tile"))
}

func argument(name string) Mem {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// products adds k outer products of a column of a and a row of b to the sums.
// The first turns of the loop also fetch a row of c each, which is needed at
// the end: all at once they would hold up the operands.
func (t *tile) products() {
	turns, fetches := GP64(), GP64()
	MOVQ(t.k, turns)
	SHRQ(U8(2), turns)
	JZ(LabelRef("rest"))
	MOVQ(U32(uint32(t.rows)), fetches)
	CMPQ(turns, fetches)
	CMOVQLT(turns, fetches)
	SUBQ(fetches, turns)
	Label("fetching")
	for j := 0; j < t.vectors*t.width; j += 64 {
		PREFETCHT0(Mem{Base: t.next, Disp: j})
	}
	PREFETCHT0(Mem{Base: t.next, Disp: t.vectors*t.width - 1}) // a row may begin anywhere in its line
	ADDQ(t.step, t.next)
	t.turn(unroll)
	DECQ(fetches)
	JNZ(LabelRef("fetching"))
	TESTQ(turns, turns)
	JZ(LabelRef("rest"))
	Label("loop")
	t.turn(unroll)
	DECQ(turns)
	JNZ(LabelRef("loop"))
	Label("rest")
	ANDQ(U8(unroll-1), t.k)
	JZ(LabelRef("summed"))
	Label("single")
	t.turn(1)
	DECQ(t.k)
	JNZ(LabelRef("single"))
	Label("summed")
}

// turn does some steps along k.
func (t *tile) turn(steps int) {
	for u := range steps {
		t.product(u)
	}
	switch {
	case !t.byRows:
		t.a.advance(t.a.base, steps)
	default:
		ADDQ(I32(int32(steps*t.bytes)), t.a.base)
		if t.low != nil {
			ADDQ(I32(int32(steps*t.bytes)), t.low)
		}
	}
	t.b.advance(t.b.base, steps)
	t.b.advance(t.fetch, steps)
}

func (t *tile) product(u int) {
	row := make([]VecVirtual, t.vectors)
	for j := range row {
		row[j] = t.vector()
		from := t.b.row(t.b.base, u, j*t.width)
		if j == t.vectors-1 {
			t.part.load(from, row[j])
		} else {
			t.move(from, row[j])
		}
	}
	for j := 0; j < t.vectors*t.width; j += 64 {
		PREFETCHT0(t.b.row(t.fetch, u, j))
	}
	for i := range t.rows {
		x := t.vector()
		t.spread(t.left(i, u), x)
		for j := range row {
			t.fma(row[j], x, t.sums[i][j])
		}
	}
}

// left is where the value of row i of a is, u steps on.
func (t *tile) left(i, u int) Mem {
	switch {
	case !t.byRows:
		return t.a.row(t.a.base, u, i*t.bytes)
	case i < 4:
		return t.a.row(t.a.base, i, u*t.bytes)
	}
	return t.a.row(t.low, i-4, u*t.bytes)
}

// finish writes alpha times the sums plus beta times c to c. With a beta of 0
// it does not read c.
func (t *tile) finish() {
	t.c = Load(Param("c"), GP64())
	rows, skip := Load(Param("rows"), GP64()), Load(Param("skip"), GP64())
	alpha, beta, zero := t.vector(), t.vector(), XMM()
	t.spread(argument("alpha"), alpha)
	t.ifOne("alpha", "scaled")
	for _, row := range t.sums {
		for _, sum := range row {
			t.mul(alpha, sum, sum)
		}
	}
	Label("scaled")
	t.spread(argument("beta"), beta)
	VXORPS(zero, zero, zero)
	t.compare(beta.AsX(), zero)
	JNE(LabelRef("add"))
	JPS(LabelRef("add")) // beta is NaN
	t.each("store", rows, skip, nil)
	JMP(LabelRef("done"))
	Label("add")
	t.each("add", rows, skip, func(from Mem, sum VecVirtual, last bool) {
		if !last {
			t.fma(from, beta, sum)
			return
		}
		old := t.vector()
		t.part.load(from, old)
		t.fma(old, beta, sum)
	})
	Label("done")
}

// ifOne jumps if an argument is 1.
func (t *tile) ifOne(name, label string) {
	if t.bytes == 4 {
		CMPL(argument(name), U32(math.Float32bits(1)))
	} else {
		one := GP64()
		MOVQ(U64(math.Float64bits(1)), one)
		CMPQ(argument(name), one)
	}
	JEQ(LabelRef(label))
}

// each stores the rows that there are, after add has been applied. Most tiles
// have all their rows and columns, and need no masks for them.
func (t *tile) each(name string, rows, skip Register, add func(Mem, VecVirtual, bool)) {
	CMPQ(rows, U8(uint64(t.rows)))
	JNE(LabelRef(name + "Some"))
	CMPQ(argument("tail"), U8(uint64(t.lanes())))
	JNE(LabelRef(name + "Some"))
	for i, row := range t.sums {
		for j, sum := range row {
			at := Mem{Base: t.c, Disp: j * t.width}
			if add != nil {
				add(at, sum, false)
			}
			t.move(sum, at)
		}
		if i < t.rows-1 {
			ADDQ(t.step, t.c)
		}
	}
	JMP(LabelRef("done"))
	Label(name + "Some")
	for i, row := range t.sums {
		past := fmt.Sprintf("%s%d", name, i)
		if i < t.rows-1 {
			CMPQ(skip, U8(i))
			JGT(LabelRef(past))
		}
		for j, sum := range row {
			at, last := Mem{Base: t.c, Disp: j * t.width}, j == t.vectors-1
			if add != nil {
				add(at, sum, last)
			}
			if last {
				t.part.store(sum, at)
			} else {
				t.move(sum, at)
			}
		}
		if i == t.rows-1 {
			break
		}
		DECQ(rows)
		JZ(LabelRef("done"))
		ADDQ(t.step, t.c)
		Label(past)
	}
}
