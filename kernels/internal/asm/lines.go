package asm

import "unsafe"

// Lines are operations on vectors and on the rows of a matrix, in arithmetic of
// T, for one level. The vectors are contiguous, n values each; n is 0 or more.
// Long ones are the caller's to cut: a call cannot be preempted.
type Lines[T Float] struct {
	Axpy func(n int, alpha T, x, y *T) // y += alpha·x
	Scal func(n int, alpha T, x *T)    // x *= alpha
	Dot  func(n int, x, y *T) T        // Σ x·y
	Asum func(n int, x *T) T           // Σ |x|
	// RowsTimes is y[i] += alpha·Σⱼ a[i·lda+j]·x[j] for 4·groups rows i of a and
	// n columns j; groups is at least 1.
	RowsTimes func(n, groups int, alpha T, a *T, lda int, x, y *T)
	// TimesRows is y[j] += Σᵢ (alpha·x[i])·a[i·lda+j], with the same i and j.
	TimesRows func(n, groups int, alpha T, a *T, lda int, x, y *T)
}

// LinesFor returns the operations of a level that the machine has.
func LinesFor[T Float](l Level) *Lines[T] {
	if x := linesAssembly[T](l); x != nil {
		return x
	}
	return &Lines[T]{axpy[T], scal[T], inner[T], asum[T], rowsTimes[T], timesRows[T]}
}

func axpy[T Float](n int, alpha T, x, y *T) {
	to := unsafe.Slice(y, n)
	for i, v := range unsafe.Slice(x, n) {
		to[i] += alpha * v
	}
}

func scal[T Float](n int, alpha T, x *T) {
	for i, v := range unsafe.Slice(x, n) {
		unsafe.Slice(x, n)[i] = alpha * v
	}
}

func inner[T Float](n int, x, y *T) (sum T) {
	with := unsafe.Slice(y, n)
	for i, v := range unsafe.Slice(x, n) {
		sum += v * with[i]
	}
	return sum
}

func asum[T Float](n int, x *T) (sum T) {
	for _, v := range unsafe.Slice(x, n) {
		sum += max(v, -v)
	}
	return sum
}

func rowsTimes[T Float](n, groups int, alpha T, a *T, lda int, x, y *T) {
	rows, to := unsafe.Slice(a, (4*groups-1)*lda+n), unsafe.Slice(y, 4*groups)
	for i := range to {
		to[i] += alpha * inner(n, unsafe.SliceData(rows[i*lda:]), x)
	}
}

func timesRows[T Float](n, groups int, alpha T, a *T, lda int, x, y *T) {
	rows := unsafe.Slice(a, (4*groups-1)*lda+n)
	for i, v := range unsafe.Slice(x, 4*groups) {
		axpy(n, alpha*v, unsafe.SliceData(rows[i*lda:]), y)
	}
}
