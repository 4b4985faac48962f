package asm

// Float is what the kernels compute in.
type Float interface{ float32 | float64 }

// Tiles multiplies one panel of a by as many panels of b as there are tiles:
// c = alpha·a·b + beta·c for rows rows of c, ldc values apart. The panels are k
// steps long and all as wide as the routine's tile is, but of each tile's last
// register only tail values of b and c are read and written. The steps of a
// are lda values apart, those of b ldb, the panels of b next, and the tiles of
// c one beside the other. Of what a has for a whole tile, the first skip rows
// count for nothing: c begins with the first that does. With a beta of 0 it does
// not read c. tiles, rows and tail are at least 1, k is 0 or more.
type Tiles[T Float] func(tiles, k int, a *T, lda int, b *T, ldb, next int, c *T, ldc, skip, rows, tail int, alpha, beta T)

// Solve overwrites x, Rows rows ldx values apart of tiles one beside the other,
// with the solution of a triangular system: t holds Rows×Rows coefficients by
// columns, the reciprocals of the diagonal in their place. The other triangle
// is not read. Of each tile's last register only tail values are read and
// written; tiles is at least 1.
type Solve[T Float] func(tiles int, t, x *T, ldx, tail int)

// Gemm is a micro-kernel of matrix products for one level. A panel of a has
// Rows rows, with the values of one column side by side, a panel of b up to
// Width columns, with the values of one row side by side.
type Gemm[T Float] struct {
	Rows  int // of a tile
	Lanes int // values in a register; packed panels of b are a multiple wide
	// Tiles holds the routines for panels of b that are 1, 2, … registers wide.
	Tiles []Tiles[T]
	// ByRows holds those for an a whose rows are contiguous, lda values apart.
	ByRows []Tiles[T]
	// Lower and Upper hold the routines for such panels that solve with a
	// triangle below or above the diagonal.
	Lower, Upper []Solve[T]
	// Stripes copies n rows, ld apart, of Width values each: to dst, where they
	// follow each other. n is at least 1.
	Stripes func(n int, src *T, ld int, dst *T)
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
		Tiles: []Tiles[T]{gemmColumns[T]}, ByRows: []Tiles[T]{gemmRows[T]},
		Lower: []Solve[T]{solveLower[T]}, Upper: []Solve[T]{solveUpper[T]},
		Stripes: stripes[T], Interleave: interleave[T], Turn: 1,
	}
}
