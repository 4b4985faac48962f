package blas

// direct computes a product of which nothing is packed and which is one block:
// what is to be said of each row of tiles is said once, since what is done
// around the tiles of a small product takes as long as they do.
func (e *engine[T]) direct(p *product[T]) {
	g := e.kernel
	tiles, down := g.ByRows, p.a.ld
	if p.a.trans {
		tiles, down = g.Tiles, 1
	}
	runs, count := e.runs(p.n)
	for i := 0; i < p.m; i += g.Rows {
		rows := min(g.Rows, p.m-i)
		skip := g.Rows - rows // the last panel begins early enough to be whole
		a := &p.a.data[(i-skip)*down]
		for _, r := range runs[:count] {
			width := r.vectors * g.Lanes
			tiles[r.vectors-1](r.tiles, p.k, a, p.a.ld, &p.b.data[r.at], p.b.ld, width, &p.c[i*p.ldc+r.at], p.ldc, skip, rows, r.tail, p.alpha, p.beta)
		}
	}
}
