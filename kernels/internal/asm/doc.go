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
package asm
