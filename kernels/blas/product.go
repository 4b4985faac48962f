package blas

import (
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

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
	lines  *asm.Lines[T] // nil leaves vectors to gonum
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
	tiny := tinyProduct
	if l == asm.Portable {
		tiny = tinyPortable
	}
	return &engine[T]{kernel: g, lines: linesFor[T](l), blocks: blockingFor(g, detected()), tiny: tiny, grain: threadProduct, side: 128}
}

// Found by measurement: products of so many multiplications take gonum as long
// as they take us, and a thread some microseconds to start.
const (
	tinyProduct   = 4 * 4 * 4
	tinyPortable  = 8 * 8 * 8
	threadProduct = 64 * 64 * 64
)

// serial computes a product on the caller's thread. The order of the loops is
// that of Goto and van de Geijn with a and b exchanged, since c is row-major:
// a panel of a stays in the first-level cache while the panels of b stream
// from the second.
func (e *engine[T]) serial(p *product[T]) {
	g := e.kernel
	km, kn, kk := pieces(p.m, e.blocks.m, g.Rows), pieces(p.n, e.blocks.n, g.Width()), pieces(p.k, e.blocks.k, 8)
	packA, packB := e.packsA(p), e.packsB(p)
	if !packA && !packB && p.part == all && km >= p.m && kn >= p.n && kk >= p.k {
		e.direct(p)
		return
	}
	b := block[T]{product: p, kernel: g, packA: packA, packB: packB}
	if b.packA || b.packB || p.part != all {
		w := e.spaces.get()
		defer e.spaces.put(w)
		w.reserve(g, b.packA, b.packB, km, kn, kk)
		b.space = w
	}
	for b.s = 0; b.s < p.k; b.s += kk {
		b.k, b.beta = min(kk, p.k-b.s), p.beta
		if b.s > 0 {
			b.beta = 1
		}
		for b.i = 0; b.i < p.m; b.i += km {
			b.m, b.packed = min(km, p.m-b.i), false
			for b.j = 0; b.j < p.n; b.j += kn {
				b.n = min(kn, p.n-b.j)
				if b.reach(b.i, b.j, b.m, b.n) == outside {
					continue
				}
				if b.packB {
					packCols(g, b.space.b, p.b.from(b.s, b.j), b.n, b.k)
				}
				b.compute()
				b.packed = true
			}
		}
	}
}

// packsA tells whether panels of a are packed. Rows are read as they are: a
// tile follows Rows of them at a time, as far as the caches reach. So are
// columns, if they are side by side and few tiles use them.
func (e *engine[T]) packsA(p *product[T]) bool {
	return p.m < e.kernel.Rows || p.a.trans && p.n > seldom*e.kernel.Width()
}

// packsB tells whether panels of b are packed: not if few tiles use them, and
// not for some more if its rows follow each other so closely that they are in
// few pages.
func (e *engine[T]) packsB(p *product[T]) bool {
	most := seldom
	if p.b.ld*int(unsafe.Sizeof(T(0))) <= 4096 {
		most = 32
	}
	return p.b.trans || p.m > most*e.kernel.Rows
}

// seldom is how many tiles may use a panel before packing it pays, found by
// measurement.
const seldom = 8

// columnsAt returns how many columns the tile has that begins rest columns
// before the end. Instead of a full tile and one of a single register, which
// would load too much for what it multiplies, the last two are of middling
// width.
func columnsAt[T asm.Float](g *asm.Gemm[T], rest int) int {
	width := g.Width()
	if len(g.Tiles) > 2 && rest > width && rest <= width+g.Lanes {
		return width - g.Lanes
	}
	return min(width, rest)
}

// wholeTiles returns how many full tiles follow each other there.
func wholeTiles[T asm.Float](g *asm.Gemm[T], rest int) int {
	tiles := rest / g.Width()
	if tiles > 0 && columnsAt(g, rest-(tiles-1)*g.Width()) < g.Width() {
		tiles--
	}
	return tiles
}

// block is a piece of a product: b.m×b.n elements of c from row i and column j
// on, and b.k steps from step s on.
type block[T asm.Float] struct {
	*product[T]
	kernel           *asm.Gemm[T]
	space            *workspace[T]
	packA, packB     bool
	i, j, s, m, n, k int
	beta             T
	packed           bool // whether the rows of a are
}

// panel is Rows rows of a, of which the first skip are not wanted.
type panel[T asm.Float] struct {
	tiles      []asm.Tiles[T]
	at         *T
	ld         int
	skip, rows int
}

// left returns the panel of a that begins at row i of the block. One that is
// packed is packed when it is first used, and is in the cache then. Of one that
// is not, the last one begins early enough to be whole.
func (b *block[T]) left(i int) panel[T] {
	g := b.kernel
	p := panel[T]{tiles: g.Tiles, rows: min(g.Rows, b.m-i)}
	if b.packA {
		p.at, p.ld = &b.space.a[i*b.k], g.Rows
		if !b.packed {
			packPanel(g, b.space.a[i*b.k:], g.Rows, b.a.from(b.i+i, b.s), p.rows, b.k)
		}
		return p
	}
	p.skip = max(0, b.i+i+g.Rows-b.product.m)
	if !b.a.trans {
		p.tiles = g.ByRows
	}
	a := b.a.from(b.i+i-p.skip, b.s)
	p.at, p.ld = &a.data[0], a.ld
	return p
}

// compute goes over the tiles of the block, row by row.
func (b *block[T]) compute() {
	width := b.kernel.Width()
	for i := 0; i < b.m; i += b.kernel.Rows {
		a := b.left(i)
		for j := 0; j < b.n; {
			tiles := b.run(i, j, a.rows)
			cols := columnsAt(b.kernel, b.n-j)
			switch {
			case tiles > 0:
				b.tiles(&a, j, tiles, width, b.c[(b.i+i)*b.ldc+b.j+j:], b.ldc, b.beta)
				j += tiles * width
				continue
			case b.reach(b.i+i, b.j+j, a.rows, cols) == inside:
				tiles = b.even(b.n-j, cols)
				b.tiles(&a, j, tiles, cols, b.c[(b.i+i)*b.ldc+b.j+j:], b.ldc, b.beta)
				j += (tiles - 1) * cols
			case b.reach(b.i+i, b.j+j, a.rows, cols) == across:
				b.tiles(&a, j, 1, cols, b.space.tile, width, 0)
				b.merge(b.i+i, b.j+j, a.rows, cols)
			}
			j += cols
		}
	}
}

// even returns how many tiles of a width less than full follow each other to the
// end of the columns, of which rest are left: two where the last full tile is
// given up for them, and nothing of them is missing.
func (b *block[T]) even(rest, cols int) int {
	if b.part == all && rest == 2*cols && cols%b.kernel.Lanes == 0 {
		return 2
	}
	return 1
}

// run returns how many tiles of full width from row i and column j on are
// computed as they are.
func (b *block[T]) run(i, j, rows int) int {
	width := b.kernel.Width()
	tiles := wholeTiles(b.kernel, b.n-j)
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

// tiles computes tiles that follow each other from column j of the block on.
func (b *block[T]) tiles(a *panel[T], j, tiles, cols int, c []T, ldc int, beta T) {
	lanes := b.kernel.Lanes
	vectors := (cols + lanes - 1) / lanes
	_ = c[(a.rows-1)*ldc+tiles*cols-1]
	var right *T
	ldb, next := vectors*lanes, vectors*lanes*b.k
	if b.packB {
		right = &b.space.b[j*b.k]
	} else {
		right, ldb, next = &b.b.data[b.s*b.b.ld+b.j+j], b.b.ld, vectors*lanes
	}
	a.tiles[vectors-1](tiles, b.k, a.at, a.ld, right, ldb, next, &c[0], ldc, a.skip, a.rows, cols-(vectors-1)*lanes, b.alpha, beta)
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
