package asm

// Float is what the kernels compute in.
type Float interface{ float32 | float64 }

// Gemm is a micro-kernel of matrix products for one level. It multiplies a
// panel of a, Rows rows with the values of one column side by side, by a panel
// of b, up to Width columns with the values of one row side by side.
type Gemm[T Float] struct {
	Rows  int // of a tile
	Lanes int // values in a register; panels of b are a multiple wide
	// Tiles holds, for panels of b that are 1, 2, … registers wide, the
	// routine that does c = alpha·a·b + beta·c. It reads k·Rows values at a
	// and k·width at b, and reads and writes the first rows (1 … Rows) rows of
	// c, ldc values apart, of which the last register's tail (1 … Lanes)
	// values count. With a beta of 0 it does not read c.
	Tiles []func(k int, a, b, c *T, ldc, rows, tail int, alpha, beta T)
	// Interleave transposes four rows of n values, ld apart, to columns of
	// four, step apart: dst[j·step+i] = src[i·ld+j]. n is a multiple of Turn.
	Interleave func(n int, src *T, ld int, dst *T, step int)
	Turn       int
}

// Width is the number of columns of the widest tile.
func (g *Gemm[T]) Width() int { return g.Lanes * len(g.Tiles) }

// GemmFor returns the micro-kernel of a level that the machine has.
func GemmFor[T Float](l Level) *Gemm[T] {
	if g := gemmAssembly[T](l); g != nil {
		return g
	}
	return &Gemm[T]{
		Rows: portableRows, Lanes: portableCols,
		Tiles:      []func(int, *T, *T, *T, int, int, int, T, T){gemmTile[T]},
		Interleave: interleave[T], Turn: 1,
	}
}
