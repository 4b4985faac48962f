package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// unroll is the number of steps along k in one turn of the main loop.
const unroll = 4

// ahead is how many bytes before their use the values of b are fetched from
// the second-level cache.
const ahead = 1024

// tile is a micro-kernel while it is being written.
type tile struct {
	machine
	vectors       int
	sums          [][]VecVirtual
	k, a, b       Register // the operands that are still to come
	c, step, next Register // the tile of c, the bytes from row to row, the row to fetch
}

// gemm writes the micro-kernel for a number of registers a row: rows × vectors
// sums stay in registers while it walks along k.
func gemm(m machine, vectors int) {
	t := &tile{machine: m, vectors: vectors, k: GP64(), a: GP64(), c: GP64(), next: GP64()}
	name := fmt.Sprintf("%sgemm%sx%d", m.letter, m.set, vectors)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(tiles, k int, a, b, c *%s, ldc, rows, tail int, alpha, beta %s)", m.name, m.name))
	Doc(fmt.Sprintf("%s computes tiles of %d rows and %d columns.", name, m.rows, vectors*m.lanes()))
	Pragma("noescape")
	tiles, start := Load(Param("tiles"), GP64()), Load(Param("c"), GP64())
	t.b, t.step = Load(Param("b"), GP64()), Load(Param("ldc"), GP64())
	SHLQ(U8(shift(m.bytes)), t.step)
	load, store := m.tail(Load(Param("tail"), GP64()))
	Label("tile")
	Load(Param("k"), t.k)
	Load(Param("a"), t.a)
	MOVQ(start, t.c)
	MOVQ(start, t.next)
	t.clear()
	t.products()
	t.finish(load, store)
	ADDQ(I32(int32(vectors*m.width)), start)
	DECQ(tiles)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

func shift(bytes int) uint8 { return map[int]uint8{4: 2, 8: 3}[bytes] }

func (t *tile) clear() {
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
	ADDQ(I32(int32(steps*t.rows*t.bytes)), t.a)
	ADDQ(I32(int32(steps*t.vectors*t.width)), t.b)
}

func (t *tile) product(u int) {
	a, b := t.a, t.b
	size := t.vectors * t.width
	row := make([]VecVirtual, t.vectors)
	for j := range row {
		row[j] = t.vector()
		t.move(Mem{Base: b, Disp: u*size + j*t.width}, row[j])
	}
	for line := (u*size + 63) / 64 * 64; line < (u+1)*size; line += 64 {
		PREFETCHT0(Mem{Base: b, Disp: ahead + line})
	}
	for i := range t.rows {
		x := t.vector()
		t.spread(Mem{Base: a, Disp: (u*t.rows + i) * t.bytes}, x)
		for j := range row {
			t.fma(row[j], x, t.sums[i][j])
		}
	}
}

// finish writes alpha times the sums plus beta times c to c. With a beta of 0
// it does not read c.
func (t *tile) finish(load, store func(from, to Op)) {
	rows := Load(Param("rows"), GP64())
	alpha, beta, zero := t.vector(), t.vector(), XMM()
	t.spread(t.argument("alpha"), alpha)
	for _, row := range t.sums {
		for _, sum := range row {
			t.mul(alpha, sum, sum)
		}
	}
	t.spread(t.argument("beta"), beta)
	VXORPS(zero, zero, zero)
	t.compare(beta.AsX(), zero)
	JNE(LabelRef("add"))
	JPS(LabelRef("add")) // beta is NaN
	t.each(rows, store, nil)
	JMP(LabelRef("done"))
	Label("add")
	t.each(rows, store, func(from Mem, sum VecVirtual, last bool) {
		if !last {
			t.fma(from, beta, sum)
			return
		}
		old := t.vector()
		load(from, old)
		t.fma(old, beta, sum)
	})
	Label("done")
}

func (t *tile) argument(name string) Mem {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// each stores the rows that there are, after add has been applied.
func (t *tile) each(rows Register, store func(from, to Op), add func(Mem, VecVirtual, bool)) {
	for i, row := range t.sums {
		for j, sum := range row {
			at, last := Mem{Base: t.c, Disp: j * t.width}, j == t.vectors-1
			if add != nil {
				add(at, sum, last)
			}
			if last {
				store(sum, at)
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
	}
}
