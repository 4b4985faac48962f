package kernels

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"

	ours "github.com/ashlar-go/ashlar/kernels/blas"
)

// This file calls BLAS, and reflect.go does for single columns: the one of the
// sub-package, on as many threads as a kernel was given. Its uniform products
// are what makes our answers independent of layouts.

func implementation(threads int) ours.Implementation {
	return ours.Implementation{Threads: threads, Uniform: true}
}

// blasMatrix is a matrix as BLAS takes it.
type blasMatrix[T Float] struct {
	data  []T
	ld    int
	trans blas.Transpose
	raw   []byte // of a copy, to be freed
}

// forBLAS returns a matrix that is not empty as it lies in memory, if its rows
// or its columns are contiguous, and else a copy.
func (x matrix[T]) forBLAS() blasMatrix[T] {
	if x.hasRows() {
		return blasMatrix[T]{x.lines(), x.leading(), blas.NoTrans, nil}
	}
	if y := x.flip(); y.hasRows() {
		return blasMatrix[T]{y.lines(), y.leading(), blas.Trans, nil}
	}
	var size T
	raw := defaultPool.AllocateDirty(x.rows * x.cols * int(unsafe.Sizeof(size)))
	x.copyTo(reinterpret[T](raw))
	return blasMatrix[T]{reinterpret[T](raw), x.cols, blas.NoTrans, raw}
}

func (b blasMatrix[T]) free() {
	if b.raw != nil {
		defaultPool.Free(b.raw)
	}
}

// gemm computes c = beta·c + alpha·a·b. The rows of c are contiguous.
func gemm[T Float](threads int, alpha T, a, b matrix[T], beta T, c matrix[T]) {
	if c.rows == 0 || c.cols == 0 {
		return
	}
	if a.cols == 0 {
		scale(c, beta)
		return
	}
	if c.rows == 1 && c.cols == 1 {
		dotProduct(alpha, a, b, beta, &c.data[c.at])
		return
	}
	x, y := a.forBLAS(), b.forBLAS()
	defer x.free()
	defer y.free()
	switch to := any(c.lines()).(type) {
	case []float64:
		implementation(threads).Dgemm(x.trans, y.trans, c.rows, c.cols, a.cols, float64(alpha),
			any(x.data).([]float64), x.ld, any(y.data).([]float64), y.ld, float64(beta), to, c.leading())
	case []float32:
		implementation(threads).Sgemm(x.trans, y.trans, c.rows, c.cols, a.cols, float32(alpha),
			any(x.data).([]float32), x.ld, any(y.data).([]float32), y.ld, float32(beta), to, c.leading())
	}
}

// syrk computes the lower triangle of c = beta·c + alpha·a·aᵀ. The rows of c
// are contiguous.
func syrk[T Float](threads int, alpha T, a matrix[T], beta T, c matrix[T]) {
	if c.rows == 0 {
		return
	}
	if a.cols == 0 {
		scale(c, beta)
		return
	}
	x := a.forBLAS()
	defer x.free()
	switch to := any(c.lines()).(type) {
	case []float64:
		implementation(threads).Dsyrk(blas.Lower, x.trans, c.rows, a.cols, float64(alpha),
			any(x.data).([]float64), x.ld, float64(beta), to, c.leading())
	case []float32:
		implementation(threads).Ssyrk(blas.Lower, x.trans, c.rows, a.cols, float32(alpha),
			any(x.data).([]float32), x.ld, float32(beta), to, c.leading())
	}
}

// solveTriangle overwrites x with the solution of t·x = x, or x·t = x with
// right, for a lower or upper triangle t. The rows of x are contiguous.
func solveTriangle[T Float](threads int, right, upper, unit bool, t, x matrix[T]) {
	if x.rows == 0 || x.cols == 0 {
		return
	}
	a := t.forBLAS()
	defer a.free()
	side, uplo, diag := blas.Left, blas.Lower, blas.NonUnit
	if right {
		side = blas.Right
	}
	if upper == (a.trans == blas.NoTrans) {
		uplo = blas.Upper
	}
	if unit {
		diag = blas.Unit
	}
	switch to := any(x.lines()).(type) {
	case []float64:
		implementation(threads).Dtrsm(side, uplo, a.trans, diag, x.rows, x.cols, 1, any(a.data).([]float64), a.ld, to, x.leading())
	case []float32:
		implementation(threads).Strsm(side, uplo, a.trans, diag, x.rows, x.cols, 1, any(a.data).([]float32), a.ld, to, x.leading())
	}
}

// addLine adds alpha times x to y, of the same length.
func addLine[T Float](alpha T, x, y []T) {
	switch x := any(x).(type) {
	case []float64:
		implementation(1).Daxpy(len(x), float64(alpha), x, 1, any(y).([]float64), 1)
	case []float32:
		implementation(1).Saxpy(len(x), float32(alpha), x, 1, any(y).([]float32), 1)
	}
}

// scaleLine multiplies x by alpha.
func scaleLine[T Float](alpha T, x []T) {
	switch x := any(x).(type) {
	case []float64:
		implementation(1).Dscal(len(x), float64(alpha), x, 1)
	case []float32:
		implementation(1).Sscal(len(x), float32(alpha), x, 1)
	}
}

// dot adds up the products of x and y, which is at least as long.
func dot[T Float](x, y []T) T {
	switch x := any(x).(type) {
	case []float64:
		return T(implementation(1).Ddot(len(x), x, 1, any(y).([]float64), 1))
	case []float32:
		return T(implementation(1).Sdot(len(x), x, 1, any(y).([]float32), 1))
	}
	panic("kernels: a float of another kind")
}
