// Package array is the lazy n-dimensional array: shapes, chunks and types are
// known at once, elements when they are computed.
//
// An [Array] is an expression. Its methods check what they are given, return a
// new expression and run nothing; a mistake stays in the result, with the
// user's line, and every computation returns it. [Array.Compute] lowers the
// expression to a graph of tasks and has a [graph.Runner] execute it: a client
// of a cluster, or graph.Local.
//
// # Decisions
//
//   - Chunks. An array is cut along each axis; the grid of pieces is its
//     blocks, each a kernels.Block where it was computed. Elementwise operands
//     are cut alike first, wherever either is cut.
//   - Fusing. Elementwise operations are programs of package expr. An operand
//     that only one expression uses is joined into its program while lowering,
//     so sqrt(x)*2+sin(x) is one pass over memory. Chains of other tasks are
//     fused by package graph.
//   - Keys. An array is named by its content: operation, parameters, and the
//     keys of its operands. Equal expressions are one computation, in one graph
//     and across submissions.
//   - Determinism. Reductions are trees over the grid, fixed by the chunks;
//     random elements depend on seed and place only. The same expression gives
//     the same bits on one thread and on many workers.
//   - Cumulative operations take three steps: the totals of chunks, the totals in
//     front of each, and each chunk behind that. Positions that are picked
//     ([Array.Take]) are first picked from each chunk, so that only they travel.
//   - Linear algebra is tiled: products are summed gemmSteps at a time, Cholesky
//     is left-looking, QR is the tall-skinny tree. Tasks hold few blocks at once.
//   - Placement ([Array.With]) belongs to the tasks of one array, not to those
//     below it, and is inherited where all operands agree.
package array
