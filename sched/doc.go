// Package sched decides which task runs on which worker, and when a result
// dies. It is pure: a [Machine] is a function of the events it was given, with
// no clock, lock, goroutine or I/O of its own. Its server (sched/server) feeds
// it events and performs its actions.
//
// # Life of a task
//
//	released ─→ waiting ─→ processing ─→ memory ─→ released ─→ forgotten
//	              │  ▲         │
//	              │  ├─ queued ┤   ready, and no worker has room
//	              │  └─ no-worker  ready, and no worker may run it
//	              └──────→ erred   from any state on the way to a value
//
// A task is activated when a client wants its key or an active task depends on
// it, and so are its ancestors as far as their values are not there. A value is
// freed when no client wants it and no active task depends on it. The task
// stays known, released, as long as a known task depends on it: it is the
// lineage from which that can be computed again. Transitions that are not in
// the table of state.go panic, with the story of the task.
//
// # Decisions
//
//   - Keys. A key names a known task, whoever submitted it: a second submission
//     shares it, with its ancestors, and does not run it again, not even if it
//     erred ([Retry] does). A key is unknown again when its task is forgotten.
//   - Order. User priority, then the order of the run, then [graph.TaskID]: older
//     submission, then graph order. Tasks that one event makes ready are placed in
//     that order. What a task submits has the task's priority on top of its own,
//     and goes before everything that comes after the task: see rank.go.
//   - Clients take turns. Of the clients that have tasks of one user priority
//     queued for the same workers, the one goes next that was given least work so
//     far, in expected time; of equals, in the order above, which is also that
//     within a client. Whoever had nothing queued is put level with the others.
//     What is cancelled, lost or taken back does not count; what a task submits
//     goes on its client's account.
//   - Seceding. A task that gave its slot away is processed still, with its
//     resources and the memory reserved for it, but counts no more for what its
//     worker has to do. When the worker is lost, such a task is marked only if
//     nothing else was assigned to it.
//   - Rescheduling. A task that asks to run again uses no retry and is blamed for
//     nothing; another worker that has room gets it, or else the same.
//   - Actors. The value of a task with Spec.Actor stays on the worker that made it:
//     it is not copied, moved or given up, and the worker is not retired while
//     the actor is wanted. Calls are sent there in the order in which they came;
//     those that come before it is made wait here. When the worker is lost the actor
//     errs for good, and all calls with it; when the last want goes, so do they.
//   - Placement. Candidates are the holders of inputs and the least loaded
//     worker, of those that the restrictions allow, that have the resources
//     free and that are not paused. The one where the task would be done
//     waiting and fetching first gets it; of equals the one with fewest tasks.
//     No step looks at all workers: each group of equally restricted tasks
//     keeps its members in a tournament by load.
//   - Root tasks, whose inputs are 64 KiB at most, can run anywhere. A worker
//     is given ceil(Saturation × threads) of them, and more only if they are
//     tiny: if tasks of the op were measured to take less than a millisecond,
//     up to 5 ms of work for each thread and 512 tasks in all, so that it does
//     not starve between messages. It is given a root task only while the values it
//     holds, the results it is expected to yield and this one fill at most 60 %
//     of its memory, unless it has nothing to do. The rest is queued here.
//   - Tasks with larger inputs are placed as they become ready. A worker is sent
//     eight of them a thread (more if tiny, as above), so that it fetches while
//     it computes; the rest is its backlog, and stays here. A worker with an
//     idle thread takes from the backlog of another, if fetching the inputs takes
//     less than waiting there: of eight that it looks at, from where the wait is
//     longest. The least loaded worker looks again after each event, others at
//     their own.
//   - Stealing. If there is no backlog, a worker with an idle thread asks another
//     to give a task back that it has not started: the last that was sent to it,
//     if that would wait twice as long as asking and fetching take, and fetching
//     takes less than four times as long as the task itself: a fast task stays
//     with its large input. The task is the victim's until it answers, so none
//     runs twice, and a second thief looks elsewhere. A worker takes no more than
//     it has idle threads, so what moved does not move again.
//     Config.NoStealing turns this off, and the taking from backlogs with it.
//   - Siblings. What has no inputs and becomes ready at once is given out in rows:
//     each worker its share of neighbours, as far as it has room, and if it takes
//     long, as far as nobody idles.
//   - Ahead. What follows on short tasks, and takes under a millisecond by estimate
//     itself, is sent to their worker with them, before its inputs are there, if
//     all of these are values or being computed there, those elsewhere have 64 KiB
//     at most, and it takes no resources, may run there, and fits beside
//     all that is expected there. The same is looked at again when a value comes
//     from elsewhere. So chains and small subgraphs run without a round trip a
//     task. What has inputs elsewhere is not sent ahead if somebody idles, or if a
//     holder of one has less than half of what this worker has to do besides the
//     inputs and 0.1 ms, for a report and an answer. So who lags gives way at the
//     seams, and parts stay even.
//     A worker has up to 2 ms a thread and 2048 of such tasks, in any depth; they
//     take no part in its window or in stealing until their inputs are there. When an input will not come, what was
//     sent ahead of it is taken back, the last first, and waits here again: when
//     the task before failed, is cancelled, is moved or is missing an input
//     itself, when another input is lost, and when a result turns out to be so
//     large that the next does not fit. What runs by then is stopped.
//   - Awaited. Reports wait for company (see worker/server), but not of a result that
//     something follows on which was not sent ahead because of what is elsewhere.
//   - A paused worker is given nothing. What it has not started by its second
//     paused heartbeat is taken back: memory may never come free there.
//   - Resources are taken when a task is assigned, and given back when it ends
//     or is aborted. What finds none free is queued, whatever its inputs.
//   - No worker. A task whose strict restrictions no worker meets waits
//     NoWorkerTimeout for one. Loose ones yield when nobody meets them,
//     and the resources of tasks that say so, which then take none; other resources never do.
//   - Memory. A task whose inputs, scratch and estimated result exceed the
//     memory of every worker allowed errs before it is sent, and so it does in
//     a queue when the largest worker leaves. What only some have the memory
//     for has a queue of its own, so that it keeps nothing from the others; a
//     worker where it fits, but that has no room yet, gets no younger root task.
//   - What tasks of one name take, and who may run what is restricted alike, is
//     remembered between runs; what no run has used for long is forgotten.
//   - Attempts grow with every assignment; what is said of an older one is
//     ignored, and its result freed. A worker that is given a task whose result
//     it has reports that; so nothing is freed on the worker that processes it.
//   - Small values. The encoding of a result of a few KiB comes with the report,
//     and goes on with Ready and with the assignments that need it, so that
//     nobody has to ask the holder. It is a copy: the value still has its
//     holder, is lost with it, and takes the encoding along when it goes. At
//     most Config.Inline bytes are kept; what comes then is fetched.
//   - Loss. Values whose last holder is gone are computed again if somebody
//     waits for them or wants them. Tasks that are being processed go on: they
//     may have their inputs, and if not, their workers say so ([Missing]).
//   - Blame. What a lost worker was executing is not known for sure, since what it
//     last said may have ended and other things begun. So a loss is a mark for all
//     that was assigned to it, which alone makes nothing err. What has
//     AllowedFailures marks gets a worker to itself: one that is kept from others
//     until it has ended what it has, and then executes this alone. When that
//     worker is lost too, the task errs. So nothing errs for having been beside a
//     killer, or for waiting where one was, however often. A value, and a client's
//     Retry, clear the marks. Limits: a worker is kept from others for ten
//     seconds, since the task may wait for them, and what lives longer than that, or
//     comes when something was told to stop and has not, or where there are
//     actors, is not known to be alone; then it errs after twice as many losses
//     and two, whoever did it. What seceded is marked as well, but others may come
//     and go beside it: it errs when nothing else was there (the worker that it has
//     to itself stays so, if there is another), or after four times as many losses.
//     Functions that clients call on workers are not known here, and can have others
//     blamed.
//     Losses for other reasons count as well: that a worker was killed from
//     outside is not known, nor that an assignment had not arrived.
//   - A holder that was named in three Missing events of a task, or a client's
//     third [Gone], is none any more: it is told to free the value. The only
//     holder of a scattered value remains one until it is lost: a client that
//     tries again should wait a little longer each time.
//   - Scatter. The values of one call go round the workers, the emptiest first.
//     Where one arrives, its worker says so too: if it was given up meanwhile, it
//     is freed there.
//     They cannot be computed again; when lost, their dependants err.
//   - Copies. A worker is told to copy a value, and holds it when it reports so;
//     until then nothing else changes, so whoever dies midway, nothing is lost.
//     Such a report can cross what frees that value. So reports have numbers, and
//     what is freed says which was the last that was heard: what the worker named
//     since stays with it until we have decided again.
//     Few are made at a time by one worker, of one worker's values, and of a value
//     with few holders. They go to the emptiest worker of a few that are looked at,
//     if it has room. Reasons for copies: a client asked for a number of them; an
//     idle worker would run several tasks that wait elsewhere if it had the input
//     that they share, which none alone is worth fetching; a value is to move.
//   - Handing on. Of a large value that several tasks need, each worker that is
//     sent for it, and not on the holder's host, is told whom to ask first: the
//     holder or a worker that was sent before, in turn. So it spreads as a tree.
//     Who was named and has no such value, or not within a second, costs time only:
//     the holders are asked then.
//   - Surplus. A copy that nobody asked for is dropped five seconds after the last
//     task that needed the value, or at once where memory is short: at the fullest
//     holder, and never the last one. Whoever was just told of it hears Absent, and
//     asks another or us.
//   - Rebalance. A client's wish, or a worker that is over half full and 20 % more
//     than the average: values that no task is about to read move from the fullest
//     to the emptiest workers, if that leaves the first no emptier than the second.
//     Which these are is the finding of a walk over a few hundred workers a tick.
//   - Target. Once a second it is computed how many workers would be right: as
//     many threads as do the work that is known in five seconds, but no more than
//     there are tasks; for memory twice the workers if values fill 60 % of it; the
//     larger of both, within bounds. If fewer suffice three times in a row, idle
//     workers are named that may go, if the memory of the others is ample.
//   - Bandwidth. Workers measure their larger fetches; the average, which forgets,
//     is what placement and stealing reckon with for what that worker fetches.
//   - Retire. The worker is given nothing more, serves no restriction any more,
//     and is dismissed when it does nothing and every value it holds has another
//     holder that stays. What only it holds is copied elsewhere; if nobody has
//     room for that it stays, and Info says why.
//   - Locks, semaphores, events, queues, variables and topics are decided in
//     package coord, a machine within this one. A key that a queue or variable
//     has is wanted as if by a client, until it is cancelled. Who gets it from
//     there wants it when it has confirmed that.
//   - Publications. A dataset wants its keys, and what was brought for them, as a
//     client does that never leaves. Cancel tells the clients, and the task goes
//     on for the dataset. When a brought value is lost and brought again under
//     its key, it is published still.
//   - Errands. A key that was fired and forgotten is wanted until it has a value,
//     or errs, or is cancelled.
//   - Metadata and logs of events are small values kept for clients, bounded in
//     size and number: what is over is refused, or displaces the oldest events.
//   - Restart forgets all wants, publications and errands, and so all tasks; the
//     server has the workers join anew.
//   - Late events of workers and clients that are gone are ignored.
//
// # Invariants (checked by Check after each step in tests, and after each step
// of programs built with the tag invariants)
//
//   - A task counts the dependencies it waits for, the dependencies on it of
//     active tasks, and those of known tasks; both ends of each know it.
//   - An active task or a value is wanted by a client or needed by an active
//     task; a known task is wanted or has a known dependant.
//   - A task that was sent ahead lacks only values that its worker processes.
//   - A task is processed by one worker, or has holders, or neither. Workers
//     count what they process, hold and have free.
//   - No worker idles while a task is queued, in its backlog or for all, that it
//     could run.
//
// # What a task costs
//
// A task has a record of 32 bytes that every dependant looks at and one of 56
// for the rest, in pages without pointers; a name 64 bytes and a place in one
// table of open addressing. What few tasks have is in maps beside them. So the
// expectation was under 200 bytes a task whatever its shape and whoever wants
// it, a few cache misses for each dependency, and less than twice the time of a
// task among few when there are ten million. Measured on two busy cores, in CPU
// time of the whole process, with 1000 workers, two dependencies on average:
//
//	10⁴, 10⁶, 10⁷ tasks                      1.0–1.1, 1.0–1.1, 1.6 µs a task
//	5·10⁶ tasks, 10 000 workers              1.5 µs
//	10⁶ tasks, each a key                    1.6 µs (4.2 with a map of names and one of wants)
//	bytes: random, tree, stencil             114, 121, 116
//	bytes: shuffle with 16 dependencies      186
//	bytes: random, each a key                189 (about 440 with maps)
//
// Since then rows of siblings, seams, and what is awaited have come: a random graph
// of 10⁶ tasks took 1.5 µs a task where it had taken 1.1 in the same hour, and a
// stencil 0.7 where it had taken 0.6.
// Reading what a batch will touch before working on it made no difference here
// that could be told from noise, so it is not done. A fifth of the time goes
// into what may be sent ahead.
//
// # Which case of the engine's behaviour is where
//
// The numbers are those of the list of behaviour that the engine must have;
// scripts are in testdata/scripts, sim is internal/sim.
//
//	 1  root tasks are queued beyond the window    s01_*, memory_budget
//	 2  paused worker, newcomer                    s02_*
//	 3  cancelled queued tasks, FIFO               s03_*, TestQueueSweeps
//	 4  secede, rejoin                             s04_*, reschedule, sim; live: client TestSecede, TestRecursion
//	 5  retries                                    s05_*
//	 6  erred pure task, Retry                     s06_*
//	 7  released input stays known                 s07_*
//	 8  stray finish                               s08_*
//	 9  inputs larger than any memory              s09_*
//	10  no worker: reason, time-out, late joiner   s10_*
//	11  resources, no overtaking                   s11_*
//	12  locality                                   s12_*, ahead_seam
//	13  stealing                                   s13_*, sim
//	14  priorities, subtasks                       s14_*; live: client TestSubtasksFirst
//	15  clients take turns                         s15_*, TestClientsShareEvenly
//	16  blame                                      s16_*, sim
//	17  recomputation after crashes                sim; live: cluster TestCase17…
//	18  hung worker starts afresh                  sim; live: cluster TestCase18…
//	19  recomputation of exactly what is needed    s19_*
//	20  scattered data lost                        s20_*
//	21  attempts, cancel and resubmit              s21_*
//	22  client gone                                s22_*; live: cluster TestCase22…
//	24  peers that die, lack or are busy           sim, scripts of package worker; live: cluster TestHungHolder
//	27  unique data keeps a retiring worker        s27_*, sim
//	28  surplus, popular data, drain, rebalance    s28_*, s13_popular_*, sim
//	29  locks, queues, events, variables, topics   s29_*, sched/coord, sim; live: client and cluster TestS29…
//	29  actors                                     s29_actor*, sim; live: client TestActor…, cluster TestActorInProcess
package sched
