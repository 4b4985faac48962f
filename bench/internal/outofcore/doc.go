// Package outofcore computes with several times as much data as its workers may
// have memory, and watches from outside what their processes take.
//
// The suite outofcore measures with it in large sizes, its test holds the
// promise in small ones: the answer is right, and no worker process has more
// resident, at any time, than its limit and a tenth.
//
// # Decisions
//
//   - What is resident is what the kernel says of the process: its high-water
//     mark, which is set back before each computation. It counts everything: the
//     program, Go's heap, results, what is mapped back from disk and what is read
//     of other processes where it lies.
//   - Data is made on the workers and persisted, so that all of it is held there
//     at once, and the computation reads what was held.
//   - An answer is compared with that of this process, which makes the numbers
//     anew, block by block, in another way where there is one: of a product, the
//     sum from the sums of columns and rows.
package outofcore
