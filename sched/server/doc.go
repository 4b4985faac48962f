// Package server runs the scheduler: it feeds events to a [sched.Machine] and
// performs its actions.
//
// # Decisions
//
// One goroutine owns the machine and everything that describes its peers; the
// rest only hand it functions to call (the inbox). It drains what is pending,
// steps the machine once per event, gathers the actions into one message per
// peer, and flushes them together: that is what makes a hundred thousand tiny
// tasks a second cheap. It never waits for a peer. Each peer has a [line], a
// queue of messages with a goroutine that sends them; a peer that lets more
// pile up than the line holds is dropped, so a slow client stalls nobody.
//
// The receiver of a message obeys in the order of its fields. Actions for one
// peer that come in another order start another message.
//
// A worker lives as long as its stream. It is lost when the stream ends without
// a farewell, which the death of its process causes at once, or when it has
// been silent for Options.WorkerTimeout. Who started its process can say why it
// died, through Options.Autopsy.
//
// A client lives as long as its session, which outlives its stream by
// Options.Lease. Both sides number what they say in a session and keep it until
// the other has acted on it, so a client that comes back in time has missed
// nothing and repeats nothing.
//
// The value of a result of a few KiB comes with its report and goes on with what
// is said about it: from submit to result are four messages then instead of
// six, which took the median from 160–230 to 105–125 µs on two busy cores.
//
// Processes of another protocol are refused, and so are workers and clients
// whose program differs from that of the members that are already there.
//
// Of the CPU time that a task costs which does nothing, one of 10⁵ in one graph
// whose results a client holds, the loop takes 1.2 µs, 1.0 of them in the
// machine, and the streams to client and workers 0.4; expected were 2.5 in all.
// With a map of names in the machine the loop took 3.2.
package server
