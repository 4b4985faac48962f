package kernels

import "math"

// scanOps are the loops of one operation on states.
type scanOps[A Real] struct {
	none   A                          // what changes nothing
	prefix func(buf []A, before A) A  // joins each to all in front of it; the last one
	front  func(buf []A, before A)    // puts a state in front of each
	fronts func(dst, before, buf []A) // puts states in front of those of buf; dst may be either
}

func scanOpsOf[A Real](op ReduceOp) scanOps[A] {
	switch op {
	case Prod:
		return scanOps[A]{1, prefixProd[A], frontProd[A], frontsProd[A]}
	case Min:
		return scanOps[A]{outermost[A](true), prefixMin[A], frontMin[A], frontsMin[A]}
	case Max:
		return scanOps[A]{outermost[A](false), prefixMax[A], frontMax[A], frontsMax[A]}
	}
	none := math.Copysign(0, -1) // so that a first -0 stays one
	return scanOps[A]{A(none), prefixSum[A], frontSum[A], frontsSum[A]}
}

// scanBatch is how many elements, or columns, are taken at a time, to stay in cache.
const scanBatch = 512

// scanner scans the middle axis of data, of the given form.
type scanner[T, A, R Real] struct {
	scanOps[A]
	data   []T
	out    []R // the prefixes, or else
	totals []A // the last of them
	before []A // nil for none
	form   [3]int
}

func (c *scanner[T, A, R]) run() {
	k, r, n := c.form[0], c.form[1], c.form[2]
	for i := range k {
		if n == 1 {
			c.line(i, r)
			continue
		}
		for j := 0; j < n; j += scanBatch {
			c.columns(i*r*n+j, i*n+j, r, n, min(scanBatch, n-j))
		}
	}
}

// line scans r elements side by side.
func (c *scanner[T, A, R]) line(i, r int) {
	var room [scanBatch]A
	acc := c.none
	for from := i * r; from < (i+1)*r; from += scanBatch {
		n := min(scanBatch, (i+1)*r-from)
		buf := room[:n]
		convertRow(buf, c.data[from:from+n])
		acc = c.prefix(buf, acc)
		if c.totals != nil {
			continue
		}
		if c.before != nil {
			c.front(buf, c.before[i])
		}
		convertRow(c.out[from:from+n], buf)
	}
	if c.totals != nil {
		c.totals[i] = acc
	}
}

// columns scans n columns of r rows, the first of which begins at element from and
// whose states begin at state at.
func (c *scanner[T, A, R]) columns(from, at, r, width, n int) {
	var states, row [scanBatch]A
	acc, buf := states[:n], row[:n]
	for j := range acc {
		acc[j] = c.none
	}
	for ; r > 0; r, from = r-1, from+width {
		convertRow(buf, c.data[from:from+n])
		c.fronts(acc, acc, buf)
		switch {
		case c.totals != nil:
		case c.before != nil:
			c.fronts(buf, c.before[at:at+n], acc)
			convertRow(c.out[from:from+n], buf)
		default:
			convertRow(c.out[from:from+n], acc)
		}
	}
	if c.totals != nil {
		copy(c.totals[at:at+n], acc)
	}
}

func convertRow[T, A Real](dst []A, x []T) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = A(v)
	}
}

func prefixSum[A Real](buf []A, acc A) A {
	for i, v := range buf {
		acc += v
		buf[i] = acc
	}
	return acc
}

func prefixProd[A Real](buf []A, acc A) A {
	for i, v := range buf {
		acc *= v
		buf[i] = acc
	}
	return acc
}

func prefixMin[A Real](buf []A, acc A) A {
	for i, v := range buf {
		acc = min(acc, v)
		buf[i] = acc
	}
	return acc
}

func prefixMax[A Real](buf []A, acc A) A {
	for i, v := range buf {
		acc = max(acc, v)
		buf[i] = acc
	}
	return acc
}

func frontSum[A Real](buf []A, before A) {
	for i := range buf {
		buf[i] += before
	}
}

func frontProd[A Real](buf []A, before A) {
	for i := range buf {
		buf[i] *= before
	}
}

func frontMin[A Real](buf []A, before A) {
	for i := range buf {
		buf[i] = min(before, buf[i])
	}
}

func frontMax[A Real](buf []A, before A) {
	for i := range buf {
		buf[i] = max(before, buf[i])
	}
}

func frontsSum[A Real](dst, before, buf []A) {
	before, buf = before[:len(dst)], buf[:len(dst)]
	for i := range dst {
		dst[i] = before[i] + buf[i]
	}
}

func frontsProd[A Real](dst, before, buf []A) {
	before, buf = before[:len(dst)], buf[:len(dst)]
	for i := range dst {
		dst[i] = before[i] * buf[i]
	}
}

func frontsMin[A Real](dst, before, buf []A) {
	before, buf = before[:len(dst)], buf[:len(dst)]
	for i := range dst {
		dst[i] = min(before[i], buf[i])
	}
}

func frontsMax[A Real](dst, before, buf []A) {
	before, buf = before[:len(dst)], buf[:len(dst)]
	for i := range dst {
		dst[i] = max(before[i], buf[i])
	}
}
