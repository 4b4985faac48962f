// Package worker decides what a worker fetches, runs and drops. It is pure: a
// [Machine] is a function of the events it was given, with no clock, lock,
// goroutine or I/O of its own. Its server (worker/server) owns the threads, the
// store and the connections, feeds it events and performs its actions.
//
// # Life of a task here
//
//	Assign ─→ waiting ─→ ready ─→ running ─→ its result is a value; reported
//	            │  ▲
//	       Fetch│  │Fetched
//	            ▼  │
//	       wants, one for each absent item, shared by the tasks that wait for it
//
// # Decisions
//
//   - Order. Ready tasks and wanted items go by user priority, then by the order
//     of their run, which is its number unless the scheduler says another, then by
//     TaskID: submission, then graph order.
//   - What follows on another task of this worker can come with it: a dependency
//     with no holder is one that is being computed here, and the task waits for
//     that. If it ends without a value, what waits for it is reported missing;
//     the scheduler has taken it back by then, or will when it hears of the end.
//   - Slots. A task runs in a slot of its lane: a CPU thread or a device. A slot
//     is taken until the execution has ended, also when it was told to stop, or
//     until it secedes. Then it keeps what was reserved for it; when it wants a slot
//     again it goes before all that has not begun, also while the worker is paused.
//   - Brief tasks are started some ahead of the slots: see brief.go.
//   - Actors. A value that is an actor is called one call at a time, in order, beside
//     the lanes and while paused too. When it is freed, the call under way is
//     stopped and the others are given up; it goes when that call has ended.
//   - Admission. A task starts when its estimated result and scratch fit under
//     the memory limit beside all values, all that runs and all that is on its way.
//     The estimate is the op's until a task of that name has run, and then the most
//     that these were seen to have allocated at once, as a part of what the op
//     expects as result, or else of the inputs. If nothing runs and nothing is being fetched it starts all the
//     same, since waiting could not help; the store then decides whether it really
//     fits. While something else takes the memory of the process, the limit is
//     less: the server says so with each tick.
//   - Fetching ahead. What tasks to come wait for is fetched as far as there is
//     room for it and for what the task then needs: small values never leave
//     memory, and those of many tasks would take what the first needs to run.
//   - Fetching. Items wanted from one peer travel together, in priority order,
//     bounded in bytes and in number; one that is larger than the bound travels
//     alone. A peer that is busy is asked again later, and meanwhile others that
//     hold the item; one that cannot be reached is tried again, after pauses
//     that double, for 1.5 s by default, since it may only be slow. One that
//     lacks the item, or that the scheduler says is lost, is not asked again.
//     When nobody is left, the tasks that wait are given up and the scheduler
//     hears which result is missing.
//   - Handing on. Where the scheduler names a peer to ask first, which may only be
//     about to have the item, that one is asked alone for it, beside all bounds on
//     requests; the other holders when it did not bring it. The other way round,
//     who asks for what is on its way here is kept waiting for up to a second.
//   - Spilling. When more than 70 % of the memory is used, values are moved to
//     disk until 50 % is, two at a time; also for a task that is ready and does
//     not fit, and for executions that wait for memory. Those go first that were
//     needed least recently, and no task waits for; never what is being read, is
//     small, or is the state of an actor. A value on disk is served and read from
//     there, one part of a list by itself; what executions read of it counts
//     while they run, once for all of them. A disk that
//     failed is left alone for 5 s.
//   - Copies. A whole result that was fetched is kept and reported, so that
//     others can have it from here, until the scheduler frees it. A part is
//     dropped with its last user.
//   - Stealing. A task that has not been started is given back when the scheduler
//     asks for it; the scheduler hears of it either way.
//   - Small dependencies come with the task. They are no values here: the task
//     carries them, and they go with it.
//   - Copying. What is only to be copied here is fetched behind what tasks wait
//     for, if there is room, and kept until the scheduler frees it.
//   - Attempts. An execution that was aborted or superseded ends silently.
//
// # Invariants (checked by check after each step in tests)
//
//   - A waiting task waits for as many wants as it has absent dependencies; a
//     ready or running one has all its dependencies as values, or inlined.
//   - A value's users are the waiting, ready and running tasks that depend on
//     it. A value that the scheduler freed, or that a peer lends, has users.
//   - A want has a live waiter, or is to be copied, or is on its way. Somebody is
//     asked for it, can be asked, or it is being computed here.
//
// # Which case of the engine's behaviour is where
//
// The numbers are those of the list of behaviour that the engine must have, as
// in package sched, which has the others; scripts are in testdata, sim is
// internal/sim.
//
//	 4  tasks that secede open their slot          s04_*, sim
//	13  what has not started is given back         s13_*, sim
//	14  subtasks go before what came later         s14_*
//	21  attempts                                   attempts, sim
//	23  fetch order, batches, oversized, busy,     s23_*, sim
//	    missing
//	24  peer dies, lacks the key, is busy or       s24_*, sim
//	    cannot be reached
//	25  spilling                                   s25_*, sim
//	26  paused: nothing starts, nothing fetched    s26_*, sim
//	28  copies are made and kept                   s28_*, sim
//	29  actors                                     s29_*
//	30  no lease, segment, descriptor is left      live: worker/server TestCase30…, cluster TestWhatIsReadOutlives…
package worker
