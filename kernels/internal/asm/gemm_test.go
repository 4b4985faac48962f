package asm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// fill gives small integers: products of them are exact in any order.
func fill[T Float](r *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.IntN(9) - 4)
	}
	return x
}

func TestTiles(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testTiles(t, GemmFor[float64](l)) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testTiles(t, GemmFor[float32](l)) })
	}
}

// testTiles runs every routine with every number of rows and of columns, beside
// sums that are written out, and looks at what lies around the tiles in c.
func testTiles[T Float](t *testing.T, g *Gemm[T]) {
	r := rand.New(rand.NewPCG(1, 1))
	for vectors := 1; vectors <= len(g.Tiles); vectors++ {
		for rows := 1; rows <= g.Rows; rows++ {
			for tail := 1; tail <= g.Lanes; tail++ {
				c := tileCase[T]{vectors: vectors, skip: r.IntN(g.Rows - rows + 1), rows: rows, tail: tail}
				c.byRows, c.tiles, c.k = r.IntN(2) == 1, 1+r.IntN(3), pick(r, 0, 1, 2, 3, 4, 7, 31, 70)
				c.alpha, c.beta = T(r.IntN(3)+1), T(r.IntN(3))
				c.test(t, g, r)
			}
		}
	}
}

// tileCase is one call of a routine.
type tileCase[T Float] struct {
	byRows                              bool
	vectors, tiles, k, skip, rows, tail int
	alpha, beta                         T
}

func (q tileCase[T]) test(t *testing.T, g *Gemm[T], r *rand.Rand) {
	t.Helper()
	width := q.vectors * g.Lanes
	// The memory of each operand ends with its last value.
	next := width + r.IntN(3)
	ldb, ldc := q.tiles*next+r.IntN(3), q.tiles*width+r.IntN(3)
	f, lda, step, row := g.Tiles, g.Rows+r.IntN(3), 1, 1
	na := (q.k-1)*lda + g.Rows
	if step = lda; q.byRows {
		f, lda = g.ByRows, q.k+r.IntN(3)
		step, row, na = 1, lda, (g.Rows-1)*lda+q.k
	}
	a, b, c := fill[T](r, max(1, na)), fill[T](r, max(1, (q.k-1)*ldb+(q.tiles-1)*next+width-g.Lanes+q.tail)), fill[T](r, g.Rows*ldc)
	if q.beta == 0 {
		c[0] = T(math.NaN())
	}
	want := slices.Clone(c)
	for i := range q.rows {
		for j := range q.tiles * width {
			if j%width >= width-g.Lanes+q.tail {
				continue
			}
			var sum T
			for s := range q.k {
				sum += a[s*step+(q.skip+i)*row] * b[j/width*next+s*ldb+j%width]
			}
			old := want[i*ldc+j]
			want[i*ldc+j] = q.alpha * sum
			if q.beta != 0 {
				want[i*ldc+j] += q.beta * old
			}
		}
	}
	f[q.vectors-1](q.tiles, q.k, &a[0], lda, &b[0], ldb, next, &c[0], ldc, q.skip, q.rows, q.tail, q.alpha, q.beta)
	if !slices.Equal(c, want) {
		t.Fatalf("%+v:\n%v\nwant\n%v", q, c, want)
	}
}

func pick(r *rand.Rand, from ...int) int { return from[r.IntN(len(from))] }

func TestStripes(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testStripes(t, GemmFor[float64](l)) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testStripes(t, GemmFor[float32](l)) })
	}
}

func testStripes[T Float](t *testing.T, g *Gemm[T]) {
	r := rand.New(rand.NewPCG(3, 1))
	for n := 1; n < 5; n++ {
		width := g.Width()
		ld := width + n
		src, dst := fill[T](r, n*ld), fill[T](r, n*width+1)
		want := slices.Clone(dst)
		for i := range n {
			copy(want[i*width:(i+1)*width], src[i*ld:])
		}
		g.Stripes(n, &src[0], ld, &dst[0])
		if !slices.Equal(dst, want) {
			t.Fatalf("%d rows: %v, want %v", n, dst, want)
		}
	}
}

func TestInterleave(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testInterleave(t, GemmFor[float64](l)) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testInterleave(t, GemmFor[float32](l)) })
	}
}

func testInterleave[T Float](t *testing.T, g *Gemm[T]) {
	r := rand.New(rand.NewPCG(2, 1))
	for n := 0; n <= 5*g.Turn; n += g.Turn {
		ld, step := n+3, 4+r.IntN(9)
		src, dst := fill[T](r, 4*ld), fill[T](r, n*step+4)
		want := slices.Clone(dst)
		for j := range n {
			for i := range 4 {
				want[j*step+i] = src[i*ld+j]
			}
		}
		g.Interleave(n, &src[0], ld, &dst[0], step)
		if !slices.Equal(dst, want) {
			t.Fatalf("%d columns: %v, want %v", n, dst, want)
		}
	}
}

func TestChoose(t *testing.T) {
	if l := choose("portable"); l != Portable {
		t.Errorf("portable chose %v", l)
	}
	if l := choose(""); l != supported() {
		t.Errorf("nothing chose %v of %v", l, supported())
	}
	defer func() {
		if recover() == nil {
			t.Error("sse9 was accepted")
		}
	}()
	choose("sse9")
}
