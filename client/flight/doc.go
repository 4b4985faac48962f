// Package flight serves what is published on a cluster over Arrow Flight: any
// Flight client lists the datasets, reads them and puts others. From a terminal it
// is the command ashlar flight; from Go, [Listen].
//
// In Python:
//
//	import pyarrow.flight as fl
//	flight = fl.connect("grpc://127.0.0.1:8815")
//	[f.descriptor.path[0] for f in flight.list_flights()]
//	table = flight.do_get(fl.Ticket("daily")).read_all()                  # a frame
//	x = flight.do_get(fl.Ticket("x")).read_all()["value"]                 # an array
//	x.combine_chunks().to_numpy_ndarray()
//	writer, _ = flight.do_put(fl.FlightDescriptor.for_path("mine"), table.schema)
//	writer.write_table(table, 1_000_000)
//	writer.close()
//
// A put travels in the batches that the client makes, each of which is a message of
// 1 GiB at most: hence the rows given to write_table.
//
// A service is a client like others: its program is that of the workers, so the
// command serves clusters that were started by hand, and a program that starts its
// own calls Listen. It fetches from the workers that hold a value
// and brings what is put to them. Unless it is told to (Options.TLS), nobody is
// asked who they are, and nothing is encrypted, as everywhere in a cluster: listen on
// loopback, or where only friends reach. With TLS, Python connects to
// "grpc+tls://host:8815" with tls_root_certs.
//
// # Decisions
//
// What a dataset is stands in the note that Publish of frames and
// arrays, and a put, leave with it. Of futures that were published by
// themselves a task says what each value is, where it is: tables are the partitions
// of a frame, blocks follow one another along the first axis. Encoded Go values are
// refused. A dataset that is still being computed is waited for by who asks for it,
// and listed without a schema.
package flight
