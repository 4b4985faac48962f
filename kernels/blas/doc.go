// Package blas is a BLAS at the speed of the vendors' in Go and generated
// assembly, without cgo, for gonum and for the kernels of this module:
//
//	blas64.Use(blas.Implementation{Threads: runtime.NumCPU()})
//
// makes an unchanged gonum program use it. The operations on matrices (gemm,
// symm, syrk, syr2k, trmm, trsm) are its own, in float64 and float32; all else is
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
// The environment variable ASHLAR_KERNELS (portable, avx2 or avx512) takes
// lesser instructions than the processor has.
//
// # Triangles
//
// A triangular matrix is cut into diagonal blocks of 256 rows; what is outside
// them is products. Inside, a panel of the other matrix is packed once and all
// of the block applied to it: products with what is beside the diagonal tiles,
// and for trsm substitution with a tile in registers. A symmetric block on the
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
//     inside a matrix hides them only where gonum computes, below about 8×8; with
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
// Measured on 2026-11-22 on a 2-core Sapphire Rapids-class VM with AVX-512, in
// GFLOP/s for products on one thread. The machine
// was shared, so each column was measured side by side (go run ./bench -suite
// gemm, medians); quiet moments gave 95, 100 and 102 in float64 for n = 512, 1024
// and 2048, 81 to 86 % of the peak.
//
//	                  ours   OpenBLAS 0.3.31 (SkylakeX)   gonum 0.17
//	float64 n=256       78            64                       8
//	        n=512       81            70                       8
//	        n=1024      87            78                       8
//	        4096×64×4096  82          49                       6
//	        64×4096×64  60            48                       8
//	float32 n=256      161           148                      10
//	        n=512      173           156                      10
//	        n=1024     186           163                      10
//	        4096×64×4096 165         100                       8
//	        64×4096×64 128           113                      11
//
// The tile alone, with its operands in the caches, reaches 99 % of the peak.
// What is missing is packing (7 % at n = 1024, bound by the memory bandwidth of
// one core) and the first touch of each panel. With AVX2 forced, float64 comes to
// 57 of 59. syrk has 81, symm 80, trsm 76 and trmm 72 at n = 2048, of which trsm
// and trmm suffer from panels of 256 steps and from loading each panel twice.
// Two threads give 1.94 to 2.07 times one at n = 1024 and 2048 if both cores are
// free. If one is busy they wait for each other, because the parts are equal:
// parts that are claimed one by one, of a shared packed b, would not.
package blas
