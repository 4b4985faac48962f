package blas

import (
	"math"
	"sync"
)

// compute computes a product on up to the given number of threads. Each
// computes a rectangle of c, the whole length of k, so that c does not depend
// on their number.
func (e *engine[T]) compute(threads int, p product[T]) {
	work := float64(p.m) * float64(p.n) * float64(p.k)
	threads = min(threads, int(work/float64(e.grain)))
	if threads <= 1 {
		e.serial(&p)
		return
	}
	rows, cols := e.grid(threads, &p)
	var others sync.WaitGroup
	for i := range len(rows) - 1 {
		for j := range len(cols) - 1 {
			q := p.window(rows[i], cols[j], rows[i+1]-rows[i], cols[j+1]-cols[j])
			if i == len(rows)-2 && j == len(cols)-2 {
				e.serial(&q)
				continue
			}
			others.Go(func() { e.serial(&q) })
		}
	}
	others.Wait()
}

// window returns the part of the product that computes m×n elements of c.
func (p *product[T]) window(i, j, m, n int) product[T] {
	q := *p
	q.m, q.n = m, n
	q.a, q.b = p.a.from(i, 0), p.b.from(0, j)
	q.c = p.c[i*p.ldc+j:]
	q.row += i - j
	return q
}

// grid cuts c into a rectangle for each thread: into those whose operands
// together are smallest, since each thread packs its own. A triangle is cut
// into bands of equal area.
func (e *engine[T]) grid(threads int, p *product[T]) (rows, cols []int) {
	if p.part != all {
		return bands(p.m, threads, e.kernel.Rows, p.part), []int{0, p.n}
	}
	best, least := 1, math.Inf(1)
	for r := 1; r <= threads; r++ {
		if threads%r != 0 {
			continue
		}
		size := float64(p.m)/float64(r) + float64(p.n)/float64(threads/r)
		if size < least {
			best, least = r, size
		}
	}
	return cuts(p.m, best, e.kernel.Rows), cuts(p.n, threads/best, e.kernel.Width())
}

// cuts returns the borders of up to count pieces of n, at multiples of unit.
func cuts(n, count, unit int) []int {
	return cutAt(n, count, unit, func(share float64) float64 { return share })
}

// bands returns the borders of bands of rows that hold equal areas of a
// triangle of n rows.
func bands(n, count, unit int, p part) []int {
	return cutAt(n, count, unit, func(share float64) float64 {
		if p == lower {
			return math.Sqrt(share)
		}
		return 1 - math.Sqrt(1-share)
	})
}

func cutAt(n, count, unit int, at func(share float64) float64) []int {
	borders := []int{0}
	for i := 1; i < count; i++ {
		border := int(at(float64(i)/float64(count))*float64(n)/float64(unit)+0.5) * unit
		if border > borders[len(borders)-1] && border < n {
			borders = append(borders, border)
		}
	}
	return append(borders, n)
}
