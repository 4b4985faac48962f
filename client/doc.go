// Package client is a program's connection to a cluster: it runs graphs (a
// [Client] is a [graph.Runner]), calls registered functions through typed
// futures, brings values to the cluster and gathers results straight from the
// workers that hold them.
//
// # Decisions
//
// What the program wants is a key. The client counts who in the program wants
// it, tells the scheduler when the first does and when the last no longer does,
// and keeps for each key what the scheduler last said: pending, ready and
// where, or failed and why. Everything else waits on that.
//
// A conversation with the scheduler is a session that outlives its connection:
// see the numbering in the messages. When the connection breaks the client
// comes back and goes on; when it cannot within [Reconnect], every wait returns
// [ErrDisconnected]. A message that the scheduler decided before it had acted
// on what this client said last about a key (its ack is older) is not believed
// about that key.
//
// A value of a few KiB comes with the news that it is there, and is kept until
// its last release; a larger one is fetched from its holder when it is asked for.
//
// Many futures cost little each: keys travel as columns, submissions and releases
// that wait to be sent share a message, what waits for many futures makes nothing
// for each, and wants are allocated some at a time, as are the holds and the futures
// of a Map, which the collector watches some at a time, too. Wants are found by the
// hash that their key is, in a table of our own. A large Map is submitted in pieces,
// once all its arguments are encoded: so the cluster works on the first meanwhile,
// and what is prepared stays in the processor's cache. Client and scheduler together
// took 8.4 µs of processor time for a no-op task of a Map before these, and take 4.8.
//
// A holder that died before its value was fetched is reported; the scheduler
// names another or has the value computed again, and the fetch is repeated.
//
// Calls are pure unless [Impure] is given: a call of one function with equal
// arguments and options has one key, so it is computed once for everybody who
// wants it at the time. The last release forgets it. [Future.Release] is how to release;
// a Future that is garbage is released too, some time; those of one Map, some
// together.
//
// The context given to Run, Submit, Map, Then and Collect governs the work:
// when it ends before the result is there, the work is given up. The context
// of a wait ends only the wait.
//
// What is to outlive its client is published under a name, or fired and
// forgotten. What is asked of the scheduler beside that (who has what, stories,
// metadata, functions on workers, restart, retirement) is a request with one
// answer: what it refuses is an error that wraps [ErrNotFound], [ErrExists],
// [ErrTooLarge] or [ErrBadAsk].
//
// Where values are is the scheduler's business, which moves work and data by
// itself. [Client.Replicate] asks for copies, [Client.Rebalance] for more even
// memory, [Client.RetireWorkers] lets workers go once what only they hold is
// elsewhere. A future whose value has moved fetches it from where it is now.
//
// A task is a client too: see [FromContext]. What waits inside a task gives the
// task's slot to others meanwhile. An [Actor] is a state on one worker, called
// through the scheduler.
//
// Locks, semaphores, events, queues, variables and topics live in the scheduler,
// under their names. A call that waits there withdraws when its context ends; what
// was granted by then, and is on its way, the scheduler takes back. What a client
// holds outlives its connection, not its session: see [Holding].
package client
