// Package schedload drives the pure scheduler, sched.Machine, as a server with
// workers would, in one goroutine and with no clock, message or thread: a
// Cluster hands events in, takes actions out, and has simulated workers finish
// what they were given at once. What remains is what a task costs the
// scheduler.
//
// The graphs are those of the suite sched: random with two dependencies on
// average, binary trees, a one-dimensional stencil, and exchanges (shuffles)
// of split values.
package schedload
