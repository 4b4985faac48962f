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
// Bytes of results never pass through the scheduler. Workers serve them, and
// workers and clients fetch them, over a service of its own whose payloads are
// passed through without being encoded again.
package wire
