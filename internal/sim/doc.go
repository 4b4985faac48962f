// Package sim runs a whole cluster in one goroutine and in virtual time: the
// real scheduler machine and the real worker machines, with simulated links,
// threads, stores and clients. All that is random comes from one seed, so the
// same seed gives the same run, down to the last event.
//
// # What happens
//
// Clients submit pieces of one random DAG (the universe), scatter values or do
// not, release, cancel, retry, leave, come, and come back. In half of the seeds
// they also lock, wait, publish, and pass values and futures on. Messages are late,
// some arrive twice, some after their sender was given up. Workers crash, lose
// their connection, hang, pause, retire, spill, or are slow; peers are busy or
// do not find what they have; tasks fail, fail at first, or kill their worker.
// Each seed draws which of these faults ([Fault]) there are. After a time of
// trouble, all is well for as long as it takes.
//
// Whoever adds to the engine adds a fault to fault.go, or a row to the table in
// trouble.go, something that clients do to client.go, and what must hold to
// verdict.go. Each purpose has random numbers of its own (see stream), so
// that one can be left out and the rest stays much as it was.
//
// # What must hold
//
//   - After every event: the invariants of the machine that took it, and only
//     legal transitions.
//   - A task runs only with all its inputs at hand, and every value that a
//     client gets is the one that a naive evaluation gives.
//   - Nobody is told of an error that has no reason. What is said to have killed
//     its workers did the last of that itself, unless the last one crashed.
//   - In the end every client has what it wants, or an error that lasts; and
//     when all clients have left, the scheduler knows no task and no worker
//     holds a value.
//   - Of locks, first come is first served, and nobody has what another has, as
//     far as the clients know; in the end nobody waits for one. What is put in a
//     queue comes out once, or is taken back. A subscriber misses nothing that it
//     is not told of. When all have left and what outlives them is deleted, no
//     name is in use.
//   - A worker with a memory limit counts right what is in memory and on disk,
//     uses more than the mark only while values are being moved to disk or none
//     can be, never moves the state of an actor, and lets no execution starve
//     while there is something to move. In the end nothing is on any disk.
//   - What the scheduler believes that a worker holds is there, whenever nothing
//     is on its way between the two.
//   - No worker is given more than its window, no connection carries more and
//     more messages.
//
// # A seed that fails
//
// It is shrunk ([Explain]): to a smaller world with fewer faults, and, where the
// scheduler's machine broke, to few events, written as a Go test that gives
// them to a new machine.
//
// # At scale
//
// [Scale] runs one [Load] on thousands of workers where nothing goes wrong, on
// a network with latency and bandwidth, and compares the makespan with the
// larger of the critical path and all work divided by all threads:
//
//	go test ./internal/sim -run TestScaleTable -v -table
package sim
