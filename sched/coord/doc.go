// Package coord decides who has a lock, whose turn it is, and what is in a
// queue: the primitives with which clients of one scheduler coordinate. Like
// the scheduler it is part of, a [Machine] is pure: a function of the requests
// it was given, with no clock, lock, goroutine or I/O.
//
// # Requests and claims
//
// A request has a [Ticket]: its client and a number that the client gives once.
// A request that cannot be answered yet, or whose answer gives the client
// something, is a claim until it is over: it waits for a lock or holds it, waits
// at a queue or has an item that it did not confirm yet, is subscribed. [End]
// ends a claim whatever it has become by then; so a grant that crosses its
// withdrawal on the way is given back, and the client ignores answers to what
// it withdrew. [Machine.Leave] ends all claims of a client, those that wait
// first, so that what it holds passes to others only.
//
// # Decisions
//
//   - Lock. A request stands in the line of each of its names and has it once
//     it is first in as many as it needs; it then leaves the other lines. All
//     lines are in the order of arrival, so the oldest request waits for nobody
//     but holders: there is no deadlock within one request. A lock is
//     a request for one name, and shares the names with the larger ones.
//   - Semaphore. First come, first served. A permit with a lease that was not
//     renewed in time is taken back, and its holder is told.
//   - Event. Setting it wakes all that wait, in order. It stays set until it is
//     cleared.
//   - Queue. Items come out in the order in which they, or the requests that
//     waited for room with them, went in. An item that is on its way to a client
//     goes back to the front if the client withdraws or leaves before
//     it confirms. The bound is what the requests say, and must agree as long
//     as the queue is in use; what comes back may exceed it.
//   - Variable. A read waits until it is set, and then has the value of the time.
//   - Topic. A message goes to all who are subscribed when it is published, in the
//     order of publishing. A subscriber is sent as many as its window before it
//     confirms any; behind that, its buffer keeps the newest, the oldest are
//     dropped, and the next message that it gets says how many it missed. A slow
//     subscriber holds up neither publishers nor other subscribers.
//   - Values are encodings of up to 64 KiB, or keys of results. Keys are kept
//     ([Keep]) from when they come in until the last place that has them lets go
//     ([Drop]); a client that confirms one wants it itself before that ([Hand]).
//   - Nothing is kept for a name that nobody uses. In use is what somebody has a
//     claim on, an event that is set, a variable that has a value, and a queue
//     that has items; these last until they are cleared or deleted.
//   - All values together are bounded ([Config].Memory); what would exceed that
//     is refused.
package coord
