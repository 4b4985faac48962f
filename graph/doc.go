// Package graph names work and what it depends on, and never sees bytes.
//
// A [Graph] is a set of columns, not of objects: a task is a row that holds
// its class, its attributes and its dependencies (compressed sparse rows).
// Tasks have 32-bit numbers inside a run; a [Key] exists only for what somebody
// outside the run can name. The package knows nothing of arrays, tables,
// devices or networks: what a task computes is an [Op], found by name in the
// registry of the program, and what it yields is a [Value].
//
// # Invariants of a Graph
//
//   - A dependency names a lower task number than the task that has it, so the
//     row order is a topological order and no graph can hold a cycle.
//   - After [Order] the row order is also the priority order: of two tasks that
//     could run, the lower number runs first.
//   - A Graph is immutable once built. The passes [Cull], [Fuse] and [Order]
//     return new graphs and may share columns with the old one.
//
// # From expression to tasks
//
// A collection lowers itself with a [Builder]; [Optimize] culls what no output
// needs, fuses chains into one task each, and orders the rest depth-first so
// that memory is released early. Tasks that leave it to cost whether they run on a
// device are decided last, when chains are fused; see [Choose]. A [Runner] then executes it: a client of a
// cluster, or [Local], which needs none.
//
// # Ops
//
// Built-in kernels and users' functions register the same way, under a stable
// name; see [Register] and [NewFunc]. No code and no closure ever travels: a
// worker looks the name up in its own copy of the program, and the two programs
// compare [RegistryHash] before they work together.
package graph
