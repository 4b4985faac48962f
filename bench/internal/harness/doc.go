// Package harness runs benchmark cases as the project measures: ours and the
// peers in turn (ours, peer, peer, ours, …) after a warm-up of each whose
// answers are compared, and then the median of at least five runs.
//
// A Suite sets up data and returns its Cases. A Case is timed on our side by
// a Go function and on each Peer's side either by a Go function (Func, such as
// gonum) or by a small program in the peer's language that keeps running and
// is asked for one case at a time over its standard input (Process). What the
// machine can do at most is a peer too (Limit). Both sides time themselves, so that
// starting a run costs neither.
//
// A Row is one case beside one peer. A peer that is not there gives a row
// without its value and a line that says how to get it; nothing is skipped
// silently. An answer that differs is an error of the whole run: a wrong
// program has no speed.
package harness
