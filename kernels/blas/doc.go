// Package blas is a BLAS at the speed of the vendors' in Go and generated
// assembly, without cgo, for gonum and for the kernels of this module:
//
//	blas64.Use(blas.Implementation{Threads: runtime.NumCPU()})
//
// makes an unchanged gonum program use it. Products of matrices and what is
// built on them (gemm, syrk, syr2k) are its own; all else is
// gonum's.
//
// # Products
//
// A product is computed as Goto and van de Geijn, "Anatomy of high-performance
// matrix multiplication" (2008), and Van Zee and van de Geijn, "BLIS: a
// framework for rapidly instantiating BLAS functionality" (2015), do it:
// operands are packed into panels in the order in which they are used, in
// blocks that fit the caches the processor reports, and a micro-kernel keeps a
// tile of the result in registers. Matrices are row-major here, so a and b
// exchange their roles. The tiles are 8×24 float64 or 8×48 float32 with
// AVX-512, 4×12 or 4×24 with AVX2, 4×4 in portable Go. At an edge of the
// result a tile has fewer registers in a row, of which the last is masked.
//
// # Invariants
//
//   - An element of a result depends on its row, its column and the shapes,
//     not on the number of threads: threads split rows and columns, never k.
//   - Nothing outside the rows of an operand is read or written, and with a
//     beta of 0 the result is not read, as gonum has it.
//   - As in gonum, a factor of 0 hides NaN and infinity of the other operands,
//     but a zero inside a matrix need not.
//   - Wrong arguments panic with gonum's messages.
//   - Workspaces are pooled: a product on one thread allocates nothing once
//     there was one of its size.
package blas
