// Package server is a worker: the shell around the machine of package worker,
// which decides, with the threads, the store and the connections that do.
//
// # Who does what
//
//	scheduler ⇄ session ─→ mailbox ─→ loop (owns the machine) ─→ lanes: threads, devices
//	peers     ⇄ data service ─↗  ↖─ fetches, executions ←──────────┘
//
// One goroutine, the loop, owns the machine. Whatever happens becomes a letter
// in its mailbox; it takes all letters there are, performs the actions that the
// machine answers with, and then sends the scheduler at most one message.
//
// # Decisions
//
//   - Values enter the store in the loop, just before the machine hears of them,
//     and leave it when the machine says so. So the store never has a value that
//     the machine does not know of, whichever attempt of a task it came from.
//   - Reports are gathered while the loop is busy: see outbox. A result that somebody
//     elsewhere waits for (worker.Task.Awaited) goes at once, or 50 µs after another
//     report, and not after 300. Small results go
//     along with them; see wire.InlineLimit.
//   - Tiny tasks. What costs is not the function but to wake somebody for it: so
//     the machine starts brief tasks ahead of the threads, and a thread wakes the
//     loop once for several. With 64 MiB of garbage allowed (cluster.CollectLess)
//     that took the processor time of a no-op task, on the worker, from 5.7 to
//     4.2 µs. Maps whose neighbours lie together (graph.TaskMap) and contexts that
//     are made when a function looks at its own (life) took it to 2.6.
//   - An execution has a slot until its kernel returns, also when it was told to
//     stop: goroutines cannot be killed.
//   - A lane's goroutines are as many as its slots. An execution that secedes leaves
//     them for good and another is hired, so seceded ones cost a goroutine each and
//     no slot. A task on a device cannot secede: the device is its own.
//   - A call of an actor is a goroutine of its own, and takes no slot: calls are
//     short, and one that waits must not keep a thread. The machine makes one at a time.
//   - What tasks share, such as their client, is closed when the tasks have ended
//     and before the worker's connections are.
//   - A worker that loses its scheduler forgets everything and joins anew when
//     all that ran has ended, because a new scheduler gives the same numbers to
//     other tasks.
//   - The limit is of results, and a process that is nothing but a worker keeps to
//     a tenth more with all that it has resident. Every 50 ms it looks at what the
//     program and Go take, and divides: the rest is for results, as long as there
//     is a choice, and never less than a quarter of the limit. What is mapped from
//     disk or of other processes (half of what is left may stay mapped for reuse),
//     what others still read, what is kept for reuse
//     and what is being fetched count with them. Go is told what all that leaves,
//     and never less than is alive and 16 MiB. With five times the memory in
//     results, the most that a worker had resident was, of its limit: of 96 MiB
//     0.99 to 1.04 over nine runs (product, group-by, transpose; before, twice as
//     much of 128); what is left is for tasks that ask for more than is expected.
//     Below 64 MiB the program alone is too large.
//   - A process that has grown to half more than its limit, or 256 MiB more where
//     that is more, ends itself, and its nanny says of what: memory that tasks
//     keep by themselves cannot be moved to disk.
//   - Go's scheduler lets a long kernel keep its processor for 10 ms at a time.
//     With as many processors as threads the connections would starve, so there
//     is always one more.
package server
