// Package asm holds the assembly of the kernels and, beside each routine, the
// portable Go that says what it does.
//
// The assembly is written by the generator in _gen, a module of its own that
// builds on avo; go generate in this package runs it, and what it writes is
// committed. The build tag noasm and every architecture but amd64 leave the
// portable code alone.
//
// Which instructions are used is a [Level]. [Best] is what the processor has,
// or less if the environment variable ASHLAR_KERNELS (portable, avx2 or
// avx512) says so when the program starts.
//
// Invariants: a routine reads and writes nothing outside what its arguments
// name, to the byte; it changes no state of the processor that Go relies on;
// one call lasts microseconds, because assembly cannot be preempted; and two
// widths of one micro-kernel round alike, so that where a matrix is cut does
// not show in the result.
//
// [GemmFor] has the tiles of matrix products and of substitution, [LinesFor]
// the operations on vectors and on four rows of a matrix that BLAS needs.
// Routines for AVX2 keep to sixteen registers: a test reads the assembly,
// because avo does not know and a machine with AVX-512 does not tell.
//
// # Text
//
// [MarksFor] finds delimiters and newlines outside quotes, 64 bytes a turn (masks
// of comparisons, quotes by a sum of bits without carries, places by compressing),
// and [FieldsFor] reads the numbers between marks, eight records a turn, in
// AVX-512: the places and the last eight bytes of each are gathered, digits are
// joined by three multiplications. It may stop at any group that has something
// else in it, and does so everywhere else, so that a caller has a loop of its
// own as well.
//
// # Vectors
//
// [VectorFor] has functions of vectors, [ReductionFor] sums and the like of
// leaves of 512 values, [StreamFor] copies past the caches. What a level of
// them computes is the same to the bit at every level: an element must not
// depend on which worker recomputes it. The elementary functions are therefore
// described once, in _gen (exp.go, circle.go, single.go), as a list of
// roundings, from which the generator writes the portable Go (elementary.go)
// and both assemblies; reductions have lanes and a tree that are fixed. The
// loops have no masks: their last turn overlaps the one before, so that an
// operand must not be the result, and what is shorter than a turn is done by
// the portable code.
//
// A [Chain] runs routines one after the other over pieces of half a kibibyte,
// so that what is slow for different reasons overlaps; [Routines.BesideRoot] has
// roots and a function in one loop. [ColumnsFor] reduces columns, [Compress]
// packs what a mask keeps, [CompressTexts] strings by runs of it, [Unpack] reads
// values of a few bits and [Pick] looks them up, [Transpose] turns squares in registers, [IntegersFor]
// has integers, [CastFor] casts between them and floats (not those of int64 in
// AVX2, which has no such instructions). [CompareBitsFor] compares straight to the
// bits of an Arrow column, [BitsFor] turns them into bytes and back and tells
// whether all or any are set. pow takes its logarithm in two parts (0.75 units at most found in
// float64, 0.50 in float32) and leaves infinities, NaN and roots of negative
// numbers to math.Pow.
//
// The largest errors found, in units of the last place, over 10⁵ arguments of
// each (go test -run Accuracy -v -args -arguments 100000; the test asserts a
// little more), beside exact ones from math/big:
//
//	         float64  float32          float64  float32
//	exp        0.68     0.94    sin      0.82     1.25
//	expm1      1.58     1.31    cos      0.80     1.45
//	log        0.78     0.89    tan      1.04     0.56
//	log1p      1.25     0.51    tanh     1.00     1.00
//
// Zeros, infinities, NaN and denormal numbers come out as package math has
// them. Angles of 2²⁹ and more (2¹⁷ in float32) are flagged by the assembly and
// computed one by one, to the same errors.
//
// What bounds them, on a core of the kind that figures are from (Sapphire
// Rapids: two vector units, a root of eight float64 every 32 cycles; 3.8 GHz, as
// the rate of multiply-adds shows): instructions of arithmetic for a vector of
// AVX-512, the cycles an element that these take on two units, and what is
// measured in the first-level cache (go test -bench Vector/avx512; 2026-11-30,
// quiet machine).
//
//	float64  instructions  cycles  at 3.8 GHz  measured
//	exp           34        2.1     0.56 ns     0.73 ns
//	log           40        2.5     0.66        1.10
//	sin           58        3.6     0.95        1.27
//	tanh          52        3.3     0.86        1.37
//	sqrt           1        4.0     1.05        1.12  (the root)
//	add            1        0.13    0.03        0.06  (two loads, one store)
//	fma            1        0.19    0.05        0.09  (three loads)
//
// Long vectors are bound by memory: 16 bytes an element for one operand and one
// result that is streamed, 24 if it is not, since a line is read before a part
// of it is written. A sum reads 8: 0.04 ns an element in the cache. What was
// tried on them (10⁷ float64, exp; more in bench/RESULTS.md): batches of 1024
// written as they are computed 1.5 to 2.0 ns; streamed after each batch 2.1,
// because reading, computing and writing then take turns; streamed in batches
// of 256, so that the line buffers empty during the next one, 1.1 to 1.4. Pages
// of 2 MiB helped no further, and their first touch cost up to 7 ms each.
package asm
