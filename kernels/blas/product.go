package blas

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

// part says which elements of c a product computes.
type part int

const (
	all   part = iota
	lower      // on and below the diagonal
	upper      // on and above it
)

// product is c = alpha·a·b + beta·c, with a m×k, b k×n and c m×n; no dimension
// is 0.
type product[T asm.Float] struct {
	m, n, k     int
	alpha, beta T
	a, b        operand[T]
	c           []T
	ldc         int
	part        part
	// row is the row of the whole c that c begins with: the diagonal is where
	// row plus the row in c is the column.
	row int
}

// engine computes products of one type with one micro-kernel.
type engine[T asm.Float] struct {
	kernel *asm.Gemm[T]
	blocks blocking
	spaces workspaces[T]
	// tiny is the number of multiplications up to which packing does not pay.
	tiny int
	// grain is the number of multiplications that a thread must have to be
	// worth its start.
	grain int
	// side is the size of the diagonal blocks of triangular and symmetric
	// matrices; what is outside them is products.
	side int
}

func newEngine[T asm.Float](l asm.Level) *engine[T] {
	g := asm.GemmFor[T](l)
	return &engine[T]{kernel: g, blocks: blockingFor(g, detected()), tiny: tinyProduct, grain: threadProduct, side: 256}
}

// Found by measurement: a product of 8×8 matrices takes gonum as long as it
// takes us, and a thread some microseconds to start.
const (
	tinyProduct   = 8 * 8 * 8
	threadProduct = 64 * 64 * 64
)

// serial computes a product on the caller's thread. The order of the loops is
// that of Goto and van de Geijn with a and b exchanged, since c is row-major:
// a panel of a stays in the first-level cache while the panels of b stream
// from the second.
func (e *engine[T]) serial(p *product[T]) {
	g, w := e.kernel, e.spaces.get()
	defer e.spaces.put(w)
	km, kn, kk := pieces(p.m, e.blocks.m, g.Rows), pieces(p.n, e.blocks.n, g.Width()), pieces(p.k, e.blocks.k, 8)
	w.a = grown(w.a, (km+g.Rows-1)/g.Rows*g.Rows*kk)
	w.b = grown(w.b, (kn+g.Lanes-1)/g.Lanes*g.Lanes*kk)
	w.tile = grown(w.tile, g.Rows*g.Width())
	for s := 0; s < p.k; s += kk {
		b := block[T]{product: p, kernel: g, space: w, k: min(kk, p.k-s), s: s, beta: p.beta}
		if s > 0 {
			b.beta = 1
		}
		for b.i = 0; b.i < p.m; b.i += km {
			b.m, b.packed = min(km, p.m-b.i), false
			for b.j = 0; b.j < p.n; b.j += kn {
				b.n = min(kn, p.n-b.j)
				if b.reach(b.i, b.j, b.m, b.n) != outside {
					packCols(g, w.b, p.b.from(s, b.j), b.n, b.k)
					b.compute()
					b.packed = true
				}
			}
		}
	}
}

// block is a piece of a product: b.m×b.n elements of c from row i and column j
// on, and b.k steps from step s on.
type block[T asm.Float] struct {
	*product[T]
	kernel           *asm.Gemm[T]
	space            *workspace[T]
	i, j, s, m, n, k int
	beta             T
	packed           bool // whether the rows of a are
}

// compute goes over the tiles of the block, row by row. A panel of a is packed
// when it is first used, and is in the cache then.
func (b *block[T]) compute() {
	width := b.kernel.Width()
	for i := 0; i < b.m; i += b.kernel.Rows {
		rows := min(b.kernel.Rows, b.m-i)
		if !b.packed {
			packPanel(b.kernel, b.space.a[i*b.k:], b.kernel.Rows, b.a.from(b.i+i, b.s), rows, b.k)
		}
		for j := 0; j < b.n; {
			tiles := b.run(i, j, rows)
			cols := min(width, b.n-j)
			switch {
			case tiles > 0:
				b.tiles(i, j, tiles, rows, width, b.c[(b.i+i)*b.ldc+b.j+j:], b.ldc, b.beta)
				j += tiles * width
				continue
			case b.reach(b.i+i, b.j+j, rows, cols) == inside:
				b.tiles(i, j, 1, rows, cols, b.c[(b.i+i)*b.ldc+b.j+j:], b.ldc, b.beta)
			case b.reach(b.i+i, b.j+j, rows, cols) == across:
				b.tiles(i, j, 1, rows, cols, b.space.tile, width, 0)
				b.merge(b.i+i, b.j+j, rows, cols)
			}
			j += width
		}
	}
}

// run returns how many tiles of full width from row i and column j on are
// computed as they are.
func (b *block[T]) run(i, j, rows int) int {
	width := b.kernel.Width()
	tiles := (b.n - j) / width
	if b.part == all {
		return tiles
	}
	for t := range tiles {
		if b.reach(b.i+i, b.j+j+t*width, rows, width) != inside {
			return t
		}
	}
	return tiles
}

// tiles computes tiles that follow each other from row i and column j of the
// block on.
func (b *block[T]) tiles(i, j, tiles, rows, cols int, c []T, ldc int, beta T) {
	lanes := b.kernel.Lanes
	vectors := (cols + lanes - 1) / lanes
	_ = c[(rows-1)*ldc+tiles*cols-1]
	b.kernel.Tiles[vectors-1](tiles, b.k, &b.space.a[i*b.k], &b.space.b[j*b.k], &c[0], ldc, rows, cols-(vectors-1)*lanes, b.alpha, beta)
}

// reach is how a rectangle of c lies to the part that is computed.
type reach int

const (
	inside reach = iota
	across
	outside
)

// reach tells it for m rows and n columns from row i and column j.
func (p *product[T]) reach(i, j, m, n int) reach {
	i += p.row
	first, last := i-(j+n-1), i+m-1-j // the least and greatest of row less column
	switch {
	case p.part == all || p.part == lower && first >= 0 || p.part == upper && last <= 0:
		return inside
	case p.part == lower && last < 0 || p.part == upper && first > 0:
		return outside
	}
	return across
}

// merge brings a tile that was computed aside into c.
func (b *block[T]) merge(i, j, rows, cols int) {
	width := b.kernel.Width()
	for r := range rows {
		from, to := 0, cols
		diagonal := b.row + i + r - j // in columns of the tile
		if b.part == lower {
			to = min(cols, diagonal+1)
		} else {
			from = max(0, diagonal)
		}
		if from >= to {
			continue
		}
		row := b.c[(i+r)*b.ldc+j:]
		for q, v := range b.space.tile[r*width+from : r*width+to] {
			if b.beta != 0 {
				v += b.beta * row[from+q]
			}
			row[from+q] = v
		}
	}
}
