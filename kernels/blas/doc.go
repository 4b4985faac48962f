// Package blas is a BLAS at the speed of the vendors' in Go and generated
// assembly, without cgo, for gonum and for the kernels of this module:
//
//	blas64.Use(blas.Implementation{Threads: runtime.NumCPU()})
//
// makes an unchanged gonum program use it. The operations on matrices (gemm,
// symm, syrk, syr2k, trmm, trsm) are its own, in float64 and float32, and those
// on vectors and of a matrix and vectors where they are contiguous (axpy, scal,
// dot, asum, nrm2; gemv and ger gather what has a step); all else is gonum's.
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
// Not all is packed. Rows of a are read where they are, eight at a time; a tile
// needs no more of them in the cache than of a packed panel. So are the rows of
// b while they are used by few tiles, up to 64 rows of c, or 256 if the rows of
// b are so short that they lie in few pages: that is all of a small product. A
// transposed b always is packed, a transposed a if more than 8 tiles use it.
// At an edge a tile of a begins early enough to be whole, and rows that are
// another tile's are not stored. Where nothing is packed and all is one block,
// the calls of the micro-kernel are all there is: on a Zen 4 class core of 58
// GFLOP/s they took n = 16, 32 and 64 from 27, 45 and 52 to 38, 53 and 55.5; a
// tile costs 6 ns besides its arithmetic.
//
// Threads claim parts of c one by one, so that a core that is busy, or has to
// wake up, does less; the caller waits for who works, not for who comes late.
//
// The environment variable ASHLAR_KERNELS (portable, avx2 or avx512) takes
// lesser instructions than the processor has.
//
// # Triangles
//
// A triangular matrix is cut into diagonal blocks of 128 rows; what is outside
// them is products. Inside, tiles of rows are taken one after the other: a
// product with what is beside the diagonal tile, and for trsm substitution with
// a tile in registers. From the left both matrices are used where they lie, and
// only the diagonal tiles are packed; from the right, where x lies across, a
// panel of it is packed and all of the block applied to it. A symmetric block on the
// diagonal is copied with both triangles. Zeros beside a triangle meet numbers
// that are multiplied with them, so trmm leaves matrices with infinities or NaN
// to gonum.
//
// # Invariants
//
//   - An element of a result depends on its row, its column and the shapes,
//     not on the number of threads: threads split rows and columns, never k.
//     It does depend on the instructions and on the size of the first-level
//     cache, so on the kind of machine.
//   - Nothing outside the rows of an operand is read or written, and with a
//     beta of 0 the result is not read, as gonum has it.
//   - As in gonum, an alpha of 0 hides NaN and infinity of the operands. A zero
//     inside a matrix hides them only where gonum computes, below about 4×4; with
//     Uniform no product does.
//   - Wrong arguments panic with gonum's messages.
//   - Workspaces are pooled: a product on one thread allocates nothing once
//     there was one of its size.
//
// # Speed
//
// The floor is what the arithmetic takes: with two multiply-adds of 8 float64 a
// cycle, 118 GFLOP/s on one core of the machine below, 236 in float32, and half
// of that with AVX2. A tile of 8×24 does 24 multiply-adds for 11 loads, so it
// should come to all of it, and packing, n² of n³, should cost some percent:
// 85 to 92 % were expected from n = 512 on.
//
// The peak of a virtual core changes with what else its host does: 121 GFLOP/s
// on 2026-11-22, 89 to 92 on 2026-11-30, so shares mean something only if the
// peak is measured beside the products. An operation of n² on vectors or a
// matrix is bound by memory: axpy moves 24 bytes an element, dot 16, scal 16,
// asum and nrm2 8, gemv 8 and ger 16 an element of the matrix.
//
// Measured on 2026-11-30 on a 2-core Sapphire Rapids-class VM, one thread, in
// processor time of the thread, since other programs kept both cores busy: the
// least of 15 or more samples of 2 ms, ours, OpenBLAS 0.3.31 (SkylakeX kernels),
// MKL 2026.2 and a loop of multiply-adds in turn, in one process. GFLOP/s, and
// the share of the peak:
//
//	float64          ours        OpenBLAS  MKL    before
//	n=32             59.7 (67 %)   84.3    56.6     45
//	n=64             76.4 (86 %)   86.1    83.1     62
//	n=100            72.9 (82 %)   82.9    78.3     65
//	n=128            80.6 (90 %)   59.6    83.6     69
//	n=256            82.2 (92 %)   66.9    75.0     71
//	n=512            73.3 (82 %)   68.2    77.5     70
//	n=1024           75.4 (84 %)   71.2    76.6     71
//	64×4096×64       72.9 (82 %)   45.2    76.4     53
//	2048×2048×64     72.5 (81 %)   49.9    76.4     46
//	4096×64×4096     64.7 (73 %)   48.5    53.1     66
//
// With its operands in the caches a tile reaches 96 to 99 % of the peak; in a
// product of n = 1024, whose rows of c are pages apart, all tiles together reach
// 94 %, and packing b takes 2 % of the time. The tiles at the edges of n = 100
// compute 8 % too much.
//
// Unchanged gonum programs, one core, processor time, ours against gonum's own,
// n = 1024 and 2048: matrix product 13 and 13 times faster, Cholesky 9.0 and
// 10.8, LU 5.3 and 7.1, QR (Dgeqrf) 4.7 and 5.7.
//
// trsm from the left has 76 at n = 256, as MKL, trmm 60 to 63 of MKL's 66 to 73;
// at n = 1024 64 to 71 of 70, and 51 to 62 of 66 to 70 (OpenBLAS has 37 and 64 to
// 70); syrk 72 of 69, symm 66 to 72 of 75 to 78. In gigabytes a second, beside
// the better of the two: axpy of 2000 459 of 493, of 60 000 118 of 127, dot 300
// of 330 and 142 of 147, gemv 3000×3000 27.5 of 29.1, ger 43 of 47.
package blas
