// Package store owns the results of a worker: the values that tasks yield, that
// are fetched from peers, and that clients bring.
//
// # Memory
//
// What is managed is counted, not guessed: all memory of results comes from the
// store's allocators, which count every byte that is live, and values that Go's
// collector owns (graph.Raw) are counted while they are here. Blocks that a
// function makes over Go memory of its own are not seen, and a value that was
// handed over by another worker of this process is counted there.
//
// Executions keep to the room, which is what is left of the limit now, as long as
// waiting or spilling helps, and then to the limit itself. A limit is kept in
// three ways. The machine of the worker admits tasks by what
// they are expected to need. From a mark on ([Store.Pressed]) nothing new is to
// start. And an execution that asks for more than there is waits while others
// run, who may free some, and is refused when nobody else is left to wait for;
// [Scope.End] says so in words. What is fetched for a task that has been assigned
// may go over the limit: refusing would not free anything.
//
// # Leases
//
// A value starts with the reference that Put takes over. Get adds one, which
// the reader releases: a value that is dropped while somebody reads it dies with
// the last reader.
//
// # Disk
//
// [Store.Spill] moves a value out of memory, on the goroutine that calls it; who
// reads it meanwhile keeps it there as well. A value on disk stays there: to read
// it is to map it, and what is mapped counts as managed until its reader releases
// it. What is packed there (lz4, an option) is read into memory instead. It leaves
// the disk when it is dropped.
package store
