// Package flight serves datasets to outsiders over Arrow Flight. It is a protocol
// at the edge: nothing inside a cluster speaks it. Below the room of gRPC, it
// knows neither client nor cluster: what is served is a [Catalog].
//
// # What a flight is
//
// The path of a descriptor is the name of a dataset. A frame is a flight of an
// endpoint for each partition; they may be read side by side, and in their order
// are the frame. An array is a flight of one column, "value", of Arrow's canonical
// extension type of tensors of one shape (arrow.fixed_shape_tensor): row i is the
// array at position i of its first axis, so that pyarrow's to_numpy_ndarray gives
// the array as it is. That holds however the array is cut: an endpoint is a band
// of whole rows, put together here if other axes are cut, too, and the rows go in
// batches of about 1 MiB, which a tensor for each chunk would not. A bool travels
// as uint8, since pyarrow has no tensors of bits, with ashlar.dtype in the schema's
// metadata; complex numbers have no Arrow type.
//
// A ticket is JSON that names dataset, endpoint and version; the bare name of a
// dataset is a ticket, too, for all of it in one stream. A put of one column of
// tensors becomes an array, of anything else a frame; batches of any size become
// parts of about one. Nothing is published before all of it is there. A name that
// is taken is refused, unless the call has the header ashlar-replace: true: then
// the new dataset takes the place of the old one in one step.
//
// # Memory
//
// A batch shares the memory of the value: what is sent is lent to gRPC by a codec
// of our own, and a value is held until that is done with it, or the client is
// gone. Copied are bitmaps and offsets, bools, rows put together from several
// chunks, and transposed ones. A slow reader holds one endpoint, the next, and some
// batches. What comes is copied once, from the message into memory of its own.
//
// # Arrow v17
//
// Its writer goes wrong over some slices (see slice.go), and keeps a dictionary of
// floats for which the next is only about the same (see part). Its reader believes
// what it reads: lengths, offsets and indices are checked here (see check.go), and
// so is the memory that a message may ask for. The extension type is not
// registered: it travels in the metadata of its field.
package flight
