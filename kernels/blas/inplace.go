package blas

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

// A diagonal block of a triangle whose other matrix x lies by rows is applied
// where both lie: panel of rows after panel of rows, of which the share of the
// others is a product and the triangle on the diagonal, packed, is substituted
// or multiplied.

// inPlace is the application of one diagonal block.
type inPlace[T asm.Float] struct {
	*engine[T]
	t     *triangle[T]
	x     operand[T]
	diag  []T // the triangles on the diagonal, by columns, one after the other
	alpha T
	space *workspace[T]
}

// reaches tells whether a block can be applied in place.
func (e *engine[T]) reaches(n int, x operand[T]) bool { return !x.trans && n >= e.kernel.Rows }

// stretchOfColumns is how many tiles are worked on at a time: what they need of
// x stays in the second-level cache.
const stretchOfColumns = 10

// run is tiles that follow each other from column at on.
type run struct{ at, tiles, vectors, tail int }

// runs returns those of cols columns.
func (e *engine[T]) runs(cols int) (all [3]run, count int) {
	g := e.kernel
	for j := 0; j < cols; count++ {
		if tiles := wholeTiles(g, cols-j); tiles > 0 {
			all[count] = run{j, tiles, len(g.Tiles), g.Lanes}
			j += tiles * g.Width()
			continue
		}
		width := columnsAt(g, cols-j)
		vectors, tiles := (width+g.Lanes-1)/g.Lanes, 1
		if cols-j == 2*width && width == vectors*g.Lanes {
			tiles = 2 // of the same width, where the last full tile is given up for them
		}
		all[count] = run{j, tiles, vectors, width - (vectors-1)*g.Lanes}
		j += tiles * width
	}
	return all, count
}

// apply solves with the block, or multiplies by alpha times the block.
func (e *engine[T]) apply(solve bool, t triangle[T], alpha T, x operand[T], cols int) {
	w := e.spaces.get()
	defer e.spaces.put(w)
	b := inPlace[T]{engine: e, t: &t, x: x, alpha: alpha, space: w}
	b.packDiagonal(solve)
	rows := e.kernel.Rows
	last := (t.n - 1) / rows * rows
	for j := 0; j < cols; j += stretchOfColumns * e.kernel.Width() {
		runs, count := e.runs(min(stretchOfColumns*e.kernel.Width(), cols-j))
		for done := 0; done <= last; done += rows {
			i := done
			if t.lower != solve { // from the end
				i = last - done
			}
			for _, r := range runs[:count] {
				r.at += j
				if solve {
					b.multiply(i, r, -1)
					b.solve(i, r)
				} else {
					b.scale(i, r)
					b.multiply(i, r, alpha)
				}
			}
		}
	}
}

func (b *inPlace[T]) packDiagonal(invert bool) {
	rows := b.kernel.Rows
	b.space.a = grown(b.space.a, (b.t.n+rows-1)/rows*rows*rows)
	b.diag = b.space.a
	for i := 0; i < b.t.n; i += rows {
		for s := range rows {
			for r := range rows {
				b.diag[(i+s)*rows+r] = b.t.padded(i+r, i+s, invert)
			}
		}
	}
}

// multiply adds alpha times the rows of the block beside the diagonal, from row
// i on, times what they meet of x, to x. The last panel of rows begins early
// enough to be whole: what it then reads of the other triangle is for rows that
// do not count.
func (b *inPlace[T]) multiply(i int, r run, alpha T) {
	rows := min(b.kernel.Rows, b.t.n-i)
	from, k := 0, i
	if !b.t.lower {
		from, k = i+rows, b.t.n-i-rows
	}
	if k == 0 {
		return
	}
	tiles, skip := b.kernel.ByRows, b.kernel.Rows-rows
	if b.t.t.trans {
		tiles = b.kernel.Tiles
	}
	a := b.t.t.from(i-skip, from)
	width := r.vectors * b.kernel.Lanes
	tiles[r.vectors-1](r.tiles, k, &a.data[0], a.ld, b.at(from, r.at), b.x.ld, width, b.at(i, r.at), b.x.ld, skip, rows, r.tail, alpha, 1)
}

func (b *inPlace[T]) at(i, j int) *T { return &b.x.data[i*b.x.ld+j] }

// scale multiplies rows by alpha times their triangle on the diagonal.
func (b *inPlace[T]) scale(i int, r run) {
	g := b.kernel
	rows := min(g.Rows, b.t.n-i)
	g.Tiles[r.vectors-1](r.tiles, rows, &b.diag[i*g.Rows], g.Rows, b.at(i, r.at), b.x.ld, r.vectors*g.Lanes, b.at(i, r.at), b.x.ld, 0, rows, r.tail, b.alpha, 0)
}

// solve substitutes with the triangle on the diagonal. Rows that are fewer than
// it has are completed in a copy.
func (b *inPlace[T]) solve(i int, r run) {
	g := b.kernel
	f := g.Upper[r.vectors-1]
	if b.t.lower {
		f = g.Lower[r.vectors-1]
	}
	rows := b.t.n - i
	if rows >= g.Rows {
		f(r.tiles, &b.diag[i*g.Rows], b.at(i, r.at), b.x.ld, r.tail)
		return
	}
	width := r.vectors * g.Lanes
	ld := r.tiles * width
	b.space.tile = grown(b.space.tile, g.Rows*ld)
	clear(b.space.tile)
	cols := ld - g.Lanes + r.tail
	for s := range rows {
		copy(b.space.tile[s*ld:][:cols], b.x.data[(i+s)*b.x.ld+r.at:])
	}
	f(r.tiles, &b.diag[i*g.Rows], &b.space.tile[0], ld, r.tail)
	for s := range rows {
		copy(b.x.data[(i+s)*b.x.ld+r.at:][:cols], b.space.tile[s*ld:])
	}
}
