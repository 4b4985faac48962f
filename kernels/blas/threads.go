package blas

import (
	"math"
	"sync/atomic"
)

// compute computes a product on up to the given number of threads. Parts of c,
// each the whole length of k, so that c does not depend on their number, are
// claimed one by one: whoever is late, because a core had to wake up or is
// busy, does less, and nobody waits for who claimed nothing.
func (e *engine[T]) compute(threads int, p product[T]) {
	work := float64(p.m) * float64(p.n) * float64(p.k)
	threads = min(threads, int(work/float64(e.grain)))
	if threads <= 1 {
		e.serial(&p)
		return
	}
	e.shared(threads, p)
}

func (e *engine[T]) shared(threads int, p product[T]) {
	rows, cols := e.grid(threads, &p)
	across := len(cols) - 1
	share(threads, (len(rows)-1)*across, func(part int) {
		i, j := part/across, part%across
		q := p.window(rows[i], cols[j], rows[i+1]-rows[i], cols[j+1]-cols[j])
		e.serial(&q)
	})
}

// share calls do for each part on up to so many threads, of which the caller's
// is one.
func share(threads, parts int, do func(part int)) {
	var next, done atomic.Int64
	finished := make(chan struct{})
	work := func() {
		for part := next.Add(1) - 1; part < int64(parts); part = next.Add(1) - 1 {
			do(int(part))
			if done.Add(1) == int64(parts) {
				close(finished)
			}
		}
	}
	for range min(threads, parts) - 1 {
		go work()
	}
	work()
	for range spins {
		if done.Load() == int64(parts) {
			return
		}
	}
	<-finished
}

// spins is how often the caller looks whether the others are done before it
// sleeps, some tens of microseconds: to be woken takes as long.
const spins = 20_000

// window returns the part of the product that computes m×n elements of c.
func (p *product[T]) window(i, j, m, n int) product[T] {
	q := *p
	q.m, q.n = m, n
	q.a, q.b = p.a.from(i, 0), p.b.from(0, j)
	q.c = p.c[i*p.ldc+j:]
	q.row += i - j
	return q
}

// claims is how many parts there are for a thread.
const claims = 4

// grid cuts c into parts. A triangle is cut into a band of equal area for each
// thread, since each packs its own b, and so is what must pack a. All others
// are cut finely, along b where it is packed: then nothing is packed twice.
func (e *engine[T]) grid(threads int, p *product[T]) (rows, cols []int) {
	switch {
	case p.part != all:
		return bands(p.m, threads, e.kernel.Rows, p.part), []int{0, p.n}
	case !e.packsB(p) && p.m >= threads*claims*e.kernel.Rows:
		return cuts(p.m, threads*claims, e.kernel.Rows), []int{0, p.n}
	case !e.packsA(p) && p.n >= threads*claims*e.kernel.Width():
		return []int{0, p.m}, cuts(p.n, threads*claims, e.kernel.Width())
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
