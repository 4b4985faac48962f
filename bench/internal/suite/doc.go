// Package suite holds the benchmark suites, one file each: gemm and
// vector measure kernels of one process, the others the engine as a user
// drives it. All lists them.
//
// Each case checks our own answer by means of its own (a random projection,
// a naive evaluation, what was written) besides comparing it with every peer's, so that it is
// right even where no peer is installed. Data is random, seeded, made once a
// case, and handed to peers in files.
package suite
