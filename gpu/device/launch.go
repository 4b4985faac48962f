package device

import (
	"fmt"
	"math"
)

// A Launch starts a kernel: Grid blocks of Block threads each. All arguments
// are 64 bits wide: numbers, addresses, and the bits of float64s.
//
// The functions below make the launches of the kernels that every device has,
// with the geometry that suits a CUDA device.
type Launch struct {
	Kernel string
	Grid   [3]int
	Block  [3]int
	Args   []uint64
}

// The names of the kernels.
const (
	KernelFill        = "fill"
	KernelRamp        = "ramp"
	KernelGather      = "gather"
	KernelScatter     = "scatter"
	KernelElementwise = "elementwise"
	KernelRandom      = "random_numbers"
	KernelTrsm        = "trsm"
	KernelPotrf       = "potrf"
	KernelLower       = "lower"
	KernelGemm        = "gemm"
	KernelFoldRows    = "fold_rows"
	KernelFoldColumns = "fold_columns"
	KernelMerge       = "merge"
	KernelPositions   = "positions"
)

// Kernels are the full names of the kernels that every device has.
var Kernels = append([]string{
	KernelFill, KernelRamp, KernelGather, KernelScatter, KernelElementwise, KernelRandom, KernelPositions,
	of(KernelGemm, Float64), of(KernelGemm, Float32), of(KernelTrsm, Float64), of(KernelTrsm, Float32),
	of(KernelPotrf, Float64), of(KernelPotrf, Float32), of(KernelLower, Float64), of(KernelLower, Float32),
}, foldKernels()...)

// Geometry that the kernels are written for; see kernels.cu.
const (
	threads  = 256
	gemmTile = 64
	maxGrid  = 1 << 12 // blocks in a grid whose blocks loop over what is left
	maxCols  = 1 << 10 // the same along the columns of a product
)

// of returns the name of a kernel for one element type.
func of(kernel string, t Type) string {
	switch t {
	case Float64:
		return kernel + "_f64"
	case Float32:
		return kernel + "_f32"
	}
	panic(fmt.Sprintf("gpu: kernel %s for %v", kernel, t))
}

// Fill sets n elements of size 1, 4 or 8 bytes at dst to the low bytes of bits.
func Fill(dst Ptr, n int64, size int, bits uint64) Launch {
	return loop(KernelFill, n, uint64(dst), uint64(n), uint64(size), bits)
}

// A Matrix is an operand in device memory: element (i, j) is the one numbered
// i*Row + j*Col from At.
type Matrix struct {
	At       Ptr
	Row, Col int64
}

// Transposed swaps the axes of m.
func (m Matrix) Transposed() Matrix { return Matrix{m.At, m.Col, m.Row} }

// Ramp sets n elements of type t, Float64 or Float32, to a + b·i for i from first
// on, computed as float64 and rounded after each operation.
func Ramp(t Type, dst Ptr, n int64, a, b float64, first int64) Launch {
	return loop(KernelRamp, n, uint64(dst), uint64(t), uint64(n), math.Float64bits(a), math.Float64bits(b), uint64(first))
}

// Whole is a matrix of rows of n elements one after another.
func Whole(at Ptr, n int64) Matrix { return Matrix{at, n, 1} }

// Part is m from row i and column j on, of elements of type t.
func (m Matrix) Part(t Type, i, j int64) Matrix {
	m.At += Ptr((i*m.Row + j*m.Col) * int64(t.Size()))
	return m
}

// Gemm computes c = alpha·a·b + beta·c, where a is m×k, b is k×n and c is m×n. If beta is 0, c is not read. t is
// Float64 or Float32.
func Gemm(t Type, m, n, k int64, alpha float64, a, b Matrix, beta float64, c Matrix) Launch {
	return Launch{
		Kernel: of(KernelGemm, t),
		// Rows go along the axis of the grid that may be long.
		Grid:  [3]int{tiles(m), min(tiles(n), maxCols), 1},
		Block: [3]int{threads, 1, 1},
		Args: []uint64{
			uint64(m), uint64(n), uint64(k), math.Float64bits(alpha),
			uint64(a.At), uint64(a.Row), uint64(a.Col),
			uint64(b.At), uint64(b.Row), uint64(b.Col),
			math.Float64bits(beta), uint64(c.At), uint64(c.Row), uint64(c.Col),
		},
	}
}

// A Product is what a launch of Gemm computes.
type Product struct {
	Type        Type
	M, N, K     int64
	Alpha, Beta float64
	A, B, C     Matrix
}

// ParseGemm takes a launch of Gemm apart, for implementations of Device that have
// products of their own; ok is false if it is another's.
func ParseGemm(l Launch) (p Product, ok bool) {
	switch l.Kernel {
	case of(KernelGemm, Float64):
		p.Type = Float64
	case of(KernelGemm, Float32):
		p.Type = Float32
	default:
		return p, false
	}
	a := l.Args
	matrix := func(k int) Matrix { return Matrix{Ptr(a[k]), int64(a[k+1]), int64(a[k+2])} }
	p.M, p.N, p.K = int64(a[0]), int64(a[1]), int64(a[2])
	p.Alpha, p.Beta = math.Float64frombits(a[3]), math.Float64frombits(a[10])
	p.A, p.B, p.C = matrix(4), matrix(7), matrix(11)
	return p, true
}

func tiles(n int64) int { return int((n + gemmTile - 1) / gemmTile) }

// loop launches a kernel whose threads stride over n elements.
func loop(kernel string, n int64, args ...uint64) Launch {
	return Launch{kernel, [3]int{int(min((n+threads-1)/threads, maxGrid)), 1, 1}, [3]int{threads, 1, 1}, args}
}
