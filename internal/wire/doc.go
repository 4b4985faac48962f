// Package wire is everything that passes between processes, and the only
// importer of gRPC and protobuf.
//
// # Control
//
// Client, scheduler and workers exchange the messages of package pb over one
// bidirectional stream each. A message is columns, never one sub-message per
// task. [ServeControl] and [DialControl] make the streams; the Convert
// functions (GraphToPB, GraphFromPB, …) translate between the messages and the
// types of package graph. Whatever comes off a wire is checked before anybody
// acts on it: a decoded graph is a valid graph or an error.
//
// Before anything else is said the two sides compare [Identity]: the protocol
// must be equal, and workers and clients of one cluster must be the same
// program, because no code travels.
//
// # Data
//
// Bytes of results do not pass through the scheduler, but for copies of those of
// at most [InlineLimit], which travel with what is said about them ([AppendInline],
// [FromInline]). A [DataServer] serves what
// a worker has, and a [DataClient] fetches from workers and puts to them, over a
// service of its own, whose payloads pass through gRPC without being encoded.
//
// A value travels as a description and its memory. The sender lends the memory
// to the transport; the receiver, which knows all sizes from the description,
// gathers the messages into one aligned buffer for each block and table and
// builds it there. Of views, only what is seen travels. Whatever is described
// is checked: a decoded value is a valid value or an error.
//
// gRPC does not always say when it is done with memory of a connection that
// broke, so a lender waits for the connection's end and a moment longer, and
// then takes its memory back. What has been sent is given up while the rest is
// sent: a slow reader has the sender hold, and copy, a few mebibytes.
//
// Between processes the bytes of a large value cost, on loopback, as much in
// waking, system calls and copies in the program as in those of the system. So
// values of a mebibyte and more are announced on the stream and come beside it, over
// TCP connections of their own, from where they lie to where they are to be: see
// side.go. That is a deviation from gRPC for every byte, and the reason is its frame
// of 16 KiB, which nobody can change: each is copied into a write buffer, and wakes
// two goroutines. Before, one stream came to 0.46 to 0.81 of what TCP does, and
// never above; see bench/RESULTS.md for both. Where there are more processors than
// two, several connections bring a value ([DefaultStreams]), each the next chunk when
// it has brought one.
//
// What comes on the stream all the same, because it is smaller, is brought by a
// client or no side could be connected, goes from the socket to where it is to be,
// past the buffers that gRPC hands on (landing); up to 16 frames of a message are
// read at once; the reader is woken once a message; buffers are not cleared; and
// writes are of a mebibyte.
//
// Two things are options. Checksums (CRC32C of every chunk) took 16 % of that, so
// they are not always on; a value that was damaged is an answer that says so, and
// which, and whose, and its fetcher asks another holder; what is brought so is
// brought again. Packing (lz4, zstd, or what suits the link) is for
// links that are slower than it: a reader says how fast the link to a holder was,
// and the holder packs as long as a chunk was packed faster than that would have
// sent it, and became an eighth smaller. Never on one host.
//
// Columns are of any Arrow type but unions, views, run-end encoded ones and
// extensions, which are refused by name: lists of all kinds, maps, structs and
// dictionaries travel, are shared, and spill in one encoding.
//
// Between two parties in one process nothing is encoded: the value itself is
// handed over. Between processes of one host a holder that has shared memory
// ([DataServer.Share]) says where in it a value lies, and the reader builds the
// value over its own mapping: see share.go.
//
// # At the edge
//
// Package flight below serves datasets to outsiders over Arrow Flight, which is
// gRPC too, and so belongs to this room. Nothing inside a cluster speaks it.
package wire
