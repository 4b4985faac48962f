// Package kerneltest holds what every implementation of a kernel has to pass:
// portable Go, assembly and device kernels run the same suites.
//
// A suite is a function that takes a testing.TB and the implementation as a
// function, or a struct of them, with the signature that package kernels has.
// It reports every failure with the case that failed, and goes through awkward
// sizes, layouts and alignments, NaN, infinities, denormals and empty operands.
// Oracles are gonum, evaluated in float64, and plain loops; bounds are the
// componentwise ones of numerical analysis, not tuned to an implementation.
//
// [Alloc] is the allocator for tests. What it gives is poisoned, guarded at the
// end and accounted for, so that a kernel that leans on zeros, writes too far
// or leaks fails its test.
//
// The suites use fixed seeds: a failure repeats.
package kerneltest
