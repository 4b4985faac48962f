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
// then takes its memory back.
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
