// Package sim runs a whole cluster in one goroutine and in virtual time: the
// real scheduler machine and the real worker machines, with simulated links,
// threads, stores and clients. All that is random comes from one seed, so the
// same seed gives the same run, down to the last event.
//
// # What happens
//
// Clients submit pieces of one random DAG (the universe), scatter values,
// release, cancel, retry, leave and come. Messages are late, some arrive twice,
// some after their sender was given up. Workers crash, lose their connection,
// hang, pause, retire, or are slow; tasks fail, fail at first, or kill their
// worker. After a time of trouble, all is well for as long as it takes.
//
// # What must hold
//
//   - After every event: the invariants of the machine that took it, and only
//     legal transitions.
//   - A task runs only with all its inputs at hand, and every value that a
//     client gets is the one that a naive evaluation gives.
//   - Nobody is told of an error that has no reason.
//   - In the end every client has what it wants, or an error that lasts; and
//     when all clients have left, the scheduler knows no task and no worker
//     holds a value.
package sim
