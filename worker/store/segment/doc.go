// Package segment gives memory that other processes of the host can read: a
// worker's results lie in it, so that handing one over takes a message and no
// copy.
//
// # Decisions
//
//   - One file. An [Arena] is one memfd, sparse and much larger than the memory
//     that the worker may use, mapped once. A reader needs one descriptor and one
//     mapping of its own for everything that the worker will ever hand over, and
//     address space is never short, so extents need no compaction.
//   - Pages are what costs: the first touch of one takes longer than a copy of
//     it. Freed extents therefore stay, with their pages, for the next request of
//     about their size. They give their pages back when live and kept memory
//     together would pass the budget, those freed first going first. What the
//     owner uses elsewhere (Beside) can count in the same budget.
//   - What is less than an extent is worth (64 KiB) shares slabs of whole pages: in
//     Go's memory such results cost it twice, since its heap may grow to twice what
//     is alive, and were copied when they travelled. What is less than a page, and
//     what the arena cannot serve, comes from Go's memory all the same.
//   - Readers are safe. The file is sealed: it neither shrinks nor grows;
//     and they get a descriptor that cannot write. A page that a reader sees
//     exists, because the owner wrote it before it said where it is. The mapping
//     of a reader outlives the owner, and the kernel frees the memory with the
//     last mapping, so a crash of either side leaves nothing behind.
//   - An extent is free when the owner frees it; who lends it to readers keeps a
//     reference to the value until the last of them has given it back.
//
// Where the system has no memfd, [New] returns an error that wraps
// errors.ErrUnsupported.
package segment
