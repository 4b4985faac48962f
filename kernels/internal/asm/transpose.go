package asm

import "unsafe"

// transposeRoutine takes multiples of so many rows and columns. past, where
// there is one, writes whole lines past the caches.
type transposeRoutine[E uint32 | uint64] struct {
	run, past func(rows, columns int, dst *E, to int, src *E, from int)
	square    int
}

// Transpose writes dst[j*to + i] = src[i*from + j] for all rows i and columns j.
// The two do not overlap. It is for parts of a matrix that stay in the cache; a
// dst that will not be read soon may be written past it.
func Transpose[E uint32 | uint64](l Level, rows, columns int, dst []E, to int, src []E, from int, past bool) {
	if rows < 1 || columns < 1 || len(dst) < (columns-1)*to+rows || len(src) < (rows-1)*from+columns {
		panic("asm: transpose beyond the ends")
	}
	m, n := 0, 0 // rows and columns of whole squares
	if r := transposeFor[E](l); r.run != nil && rows >= r.square && columns >= r.square {
		m, n = rows/r.square*r.square, columns/r.square*r.square
		if past && r.past != nil && uintptr(unsafe.Pointer(&dst[0]))%line == 0 && to*int(unsafe.Sizeof(dst[0]))%line == 0 {
			r.run = r.past
			defer StreamFor(l).End()
		}
		for i := 0; i < m; i += r.square { // one after the other, so that calls are short
			r.run(r.square, n, &dst[i], to, &src[i*from], from)
		}
	}
	for at := 0; at < columns; at += 32 { // so many lines of dst stay in the cache
		for i := range rows {
			first, end := at, min(at+32, columns)
			if i < m {
				first = max(first, n)
			}
			if first >= end {
				continue
			}
			d := first*to + i
			for _, v := range src[i*from+first : i*from+end] {
				dst[d] = v
				d += to
			}
		}
	}
}
