// Package kernels computes on one chunk: a [Block] of an array, or a [Table] of
// a frame. It knows nothing of graphs, workers or devices. Its sub-packages
// hold expression programs (expr), group, join and sort (table), the structure of
// delimited text (marks), and the suites that every implementation of a kernel
// passes (kerneltest).
//
// # Decisions
//
//   - A Block is a view of an Arrow buffer: dtype, shape, strides (in elements,
//     negative or zero where need be) and offset. Slicing, transposing,
//     broadcasting, and turning a column into an array and back copy nothing.
//   - Blocks and Tables are immutable once handed on, counted by reference, and
//     own their buffer through an [Allocator], which a task finds in its context
//     ([AllocatorFrom]). The default, a [Pool], keeps freed memory warm.
//     Allocators may refuse by returning nil: that is [ErrMemory].
//   - New blocks come with arbitrary contents; a kernel writes all of them.
//   - A kernel takes views of any layout, and its answer does not depend, to the
//     bit, on layout, alignment or the number of threads. This is what lets a
//     value be recomputed on another worker.
//   - Linear algebra is matrix products: Trsm, Potrf, QR and Getrf do their bulk
//     in the products of the sub-package blas, which is called in blas.go, and
//     in reflect.go for single columns, and takes the threads the caller has.
//     The last eight columns of a panel of LU or QR are factored in a copy where
//     each is contiguous. LAPACK is called in lapack.go alone;
//     gonum has it in float64, and what needs it (QR, Syev, Gesvd) computes
//     Float32 in float64.
//   - Reductions have mergeable states ([Partial], [Combine], [Finish]), so that
//     an array reduces chunk by chunk and merges in a tree. Sums are pairwise, of
//     runs of 512, and the same to the bit with any instructions.
//   - Scans (cumulative sums and the like, [Scan]) take the state of the chunks
//     before theirs ([ScanTotal], [ScanSpec.Combine]). Inside a chunk elements meet
//     one after the other.
//   - Random numbers are a function of seed, stream and element index (Philox),
//     so that chunks and workers play no part.
//   - What a task needs to know travels as a spec: a small struct, such as
//     [GemmSpec], with Append and Parse. CPU and GPU ops read the same one.
//
// # Errors
//
// Misfits are errors that wrap a sentinel (ErrShape, ErrDType, …) and show the
// operands. A broken promise inside a program, such as [Data] of a block that is
// not contiguous or one Release too many, panics with the block.
package kernels
