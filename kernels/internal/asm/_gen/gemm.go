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
	vectors int
	sums    [][]VecVirtual
}

// gemm writes the micro-kernel for a number of registers a row: rows × vectors
// sums stay in registers while it walks along k.
func gemm(m machine, vectors int) {
	t := &tile{machine: m, vectors: vectors}
	name := fmt.Sprintf("%sgemm%sx%d", map[string]string{"D": "d", "S": "s"}[m.letter], m.set, vectors)
	TEXT(name, NOSPLIT|NOFRAME, fmt.Sprintf("func(k int, a, b, c *%s, ldc, rows, tail int, alpha, beta %s)", m.name, m.name))
	Doc(fmt.Sprintf("%s is a tile of %d rows and %d columns.", name, m.rows, vectors*m.lanes()))
	Pragma("noescape")
	k, a, b := Load(Param("k"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64())
	c, step := Load(Param("c"), GP64()), Load(Param("ldc"), GP64())
	SHLQ(U8(shift(m.bytes)), step)
	t.clear()
	t.fetch(c, step)
	t.products(k, a, b)
	t.finish(c, step)
	RET()
}

func shift(bytes int) uint8 { return map[int]uint8{4: 2, 8: 3}[bytes] }

func (t *tile) clear() {
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

// fetch asks for the tile of c, which is needed at the end.
func (t *tile) fetch(c, step Register) {
	at := GP64()
	MOVQ(c, at)
	for i := range t.rows {
		for j := 0; j < t.vectors*t.width; j += 64 {
			PREFETCHT0(Mem{Base: at, Disp: j})
		}
		PREFETCHT0(Mem{Base: at, Disp: t.vectors*t.width - 1}) // a row may begin anywhere in its line
		if i < t.rows-1 {
			ADDQ(step, at)
		}
	}
}

// products adds k outer products of a column of a and a row of b to the sums.
func (t *tile) products(k, a, b Register) {
	turns := GP64()
	MOVQ(k, turns)
	SHRQ(U8(2), turns)
	JZ(LabelRef("rest"))
	Label("loop")
	for u := range unroll {
		t.product(u, a, b)
	}
	t.advance(unroll, a, b)
	DECQ(turns)
	JNZ(LabelRef("loop"))
	Label("rest")
	ANDQ(U8(unroll-1), k)
	JZ(LabelRef("summed"))
	Label("single")
	t.product(0, a, b)
	t.advance(1, a, b)
	DECQ(k)
	JNZ(LabelRef("single"))
	Label("summed")
}

func (t *tile) product(u int, a, b Register) {
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

func (t *tile) advance(steps int, a, b Register) {
	ADDQ(I32(int32(steps*t.rows*t.bytes)), a)
	ADDQ(I32(int32(steps*t.vectors*t.width)), b)
}

// finish writes alpha times the sums plus beta times c to c. With a beta of 0
// it does not read c.
func (t *tile) finish(c, step Register) {
	rows := Load(Param("rows"), GP64())
	load, store := t.tail(Load(Param("tail"), GP64()))
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
	t.each(c, step, rows, store, nil)
	JMP(LabelRef("done"))
	Label("add")
	t.each(c, step, rows, store, func(from Mem, sum VecVirtual, last bool) {
		if !last {
			t.fma(from, beta, sum)
			return
		}
		old := t.vector()
		load(from, old)
		t.fma(old, beta, sum)
	})
	Label("done")
	VZEROUPPER()
}

func (t *tile) argument(name string) Mem {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// each stores the rows that there are, after add has been applied.
func (t *tile) each(c, step, rows Register, store func(from, to Op), add func(Mem, VecVirtual, bool)) {
	for i, row := range t.sums {
		for j, sum := range row {
			at, last := Mem{Base: c, Disp: j * t.width}, j == t.vectors-1
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
		ADDQ(step, c)
	}
}
