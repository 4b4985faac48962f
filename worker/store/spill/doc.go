// Package spill keeps on disk what memory has no room for.
//
// # Decisions
//
//   - One file without a name. Where the file system can, it never has one
//     (O_TMPFILE); elsewhere it is created and unlinked. It is used through its
//     descriptor, so the system removes it whatever becomes of the process. The
//     values in it are extents, as pages are in swap space. The last 64 MiB that
//     were freed keep their blocks for the next value of that size, which is
//     written twice as fast over them; all others are given back to the file
//     system, and their places are used again.
//   - Values are mapped back, not read: what comes back is the file's pages,
//     which the system reads ahead, shares between readers, and may drop again.
//     A checksum is compared when some of what is mapped has to come from the disk,
//     for disks do lie; what is still in the system's cache never was there. To
//     compare always made spilling and reading back a fifth slower. Where the
//     system does not say (Linux before 6.5, others), the first mapping is compared.
//   - Packing (LZ4, an option) is for disks that are slow or small. It is given up for
//     a value whose first mebibyte does not get smaller by an eighth. What is packed
//     has to be read into memory, and its checksum is always compared.
//   - A write that fails loses nothing: its place is given back, the error says
//     what happened, and the caller still has the value.
package spill
