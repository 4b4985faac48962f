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
				testTile(t, g, r, vectors, rows, tail)
			}
		}
	}
}

func testTile[T Float](t *testing.T, g *Gemm[T], r *rand.Rand, vectors, rows, tail int) {
	width := vectors * g.Lanes
	tiles, k := 1+r.IntN(3), pick(r, 0, 1, 2, 3, 4, 7, 31, 70)
	ldc := tiles*width + r.IntN(3)
	a, b, c := fill[T](r, k*g.Rows+1), fill[T](r, tiles*k*width+1), fill[T](r, g.Rows*ldc)
	alpha, beta := T(r.IntN(3)+1), T(r.IntN(3))
	if beta == 0 {
		c[0] = T(math.NaN())
	}
	want := slices.Clone(c)
	for i := range rows {
		for j := range tiles * width {
			if j%width >= width-g.Lanes+tail {
				continue
			}
			var sum T
			for s := range k {
				sum += a[s*g.Rows+i] * b[(j/width*k+s)*width+j%width]
			}
			old := want[i*ldc+j]
			want[i*ldc+j] = alpha * sum
			if beta != 0 {
				want[i*ldc+j] += beta * old
			}
		}
	}
	g.Tiles[vectors-1](tiles, k, &a[0], &b[0], &c[0], ldc, rows, tail, alpha, beta)
	if !slices.Equal(c, want) {
		t.Fatalf("%d tiles of %d×%d, tail %d, k %d, alpha %v, beta %v:\n%v\nwant\n%v", tiles, rows, width, tail, k, alpha, beta, c, want)
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
