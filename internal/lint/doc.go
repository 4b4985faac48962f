// Package lint holds the project's own rules as tests: `go test
// ./internal/lint` fails on a broken one and names the file, the line, the
// rule and what to do. It has no code outside its tests.
//
// The rules, each in the file of its name:
//
//   - imports: which room may import which (the table of rooms), graph only
//     the standard library, gRPC, protobuf and Arrow Flight, which is built on
//     them, only inside internal/wire, and packages that nothing may lean on. A test inside a package may besides
//     import graph, kernels, their sub-packages and the embedded data; a test
//     outside it (package x_test) sees the engine as a user does, so it may
//     import any room.
//   - purity: the roots of sched and worker decide and do nothing else. No
//     clock, lock, goroutine, channel or I/O, and no map visited in an order
//     that could be seen: such a loop ends its line with "// sorted" (the
//     order is made up for on the spot) or "// order-free: why".
//   - sizes: no function over 70 lines, no file over 500; generated files are
//     not counted.
//   - names: no package, folder or file named utils, helpers, common or misc.
//   - layout: nothing new at the top of the tree.
//   - docs: every package has a package comment and an Example that runs.
//   - workplace: no file names a path or a registry host of the machine that
//     it was written on.
//
// Files are parsed whatever their build tags, so that code behind cuda, noasm
// or oracle obeys too; only purity needs types, and those of two small
// packages.
//
// exempt.txt can excuse a finding for a while. It only shrinks: an entry that
// excuses nothing, or more lines than there are, fails, and the number of
// entries is a constant in exempt_test.go that only goes down.
package lint
