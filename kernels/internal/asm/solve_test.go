package asm

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSolve(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testSolve(t, GemmFor[float64](l), 1e-12) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testSolve(t, GemmFor[float32](l), 1e-4) })
	}
}

func testSolve[T Float](t *testing.T, g *Gemm[T], tolerance float64) {
	for vectors := 1; vectors <= len(g.Tiles); vectors++ {
		checkSolve(t, g, vectors*g.Lanes, true, g.Lower[vectors-1], tolerance)
		checkSolve(t, g, vectors*g.Lanes, false, g.Upper[vectors-1], tolerance)
	}
}

// checkSolve multiplies the solution by the triangle. The other triangle is
// NaN, and so is what follows the tile.
func checkSolve[T Float](t *testing.T, g *Gemm[T], width int, lower bool, solve Solve[T], tolerance float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(4, 1))
	n := g.Rows
	triangle, packed := make([]float64, n*n), make([]T, n*n)
	for j := range n {
		for i := range n {
			v := r.Float64() - 0.5
			packed[j*n+i] = T(v)
			switch {
			case i == j:
				v = 2
				packed[j*n+i] = 0.5
			case lower == (i < j):
				v, packed[j*n+i] = 0, T(math.NaN())
			}
			triangle[i*n+j] = v
		}
	}
	tiles, tail := 1+r.IntN(3), 1+r.IntN(g.Lanes)
	ldx, cols := tiles*width+r.IntN(4), (tiles-1)*width+width-g.Lanes+tail
	x := fill[T](r, (n-1)*ldx+cols)
	b := append([]T(nil), x...)
	solve(tiles, &packed[0], &x[0], ldx, tail)
	for i := range n {
		for j := range ldx {
			if i*ldx+j >= len(x) {
				break
			}
			if j >= tiles*width || j%width >= width-g.Lanes+tail {
				if x[i*ldx+j] != b[i*ldx+j] {
					t.Fatalf("row %d, column %d was overwritten", i, j)
				}
				continue
			}
			var sum float64
			for s := range n {
				sum += triangle[i*n+s] * float64(x[s*ldx+j])
			}
			if !(math.Abs(sum-float64(b[i*ldx+j])) <= tolerance) {
				t.Fatalf("lower %t, width %d: row %d, column %d of the product is %v, want %v", lower, width, i, j, sum, b[i*ldx+j])
			}
		}
	}
}
