// Package spill keeps on disk what memory has no room for.
//
// # Decisions
//
//   - One file without a name. It is created, unlinked and used through its
//     descriptor, so the system removes it whatever becomes of the process. The
//     values in it are extents, as pages are in swap space; the blocks of a freed
//     extent are given back to the file system at once, and its place is used
//     again.
//   - Values are mapped back, not read: what comes back is the file's pages,
//     which the system reads ahead, shares between readers, and may drop again.
//     A checksum is compared when a value is mapped for the first time after it
//     was written, for disks do lie.
//   - A write that fails loses nothing: its place is given back, the error says
//     what happened, and the caller still has the value.
package spill
