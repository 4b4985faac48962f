// Package demo is what `ashlar demo` runs: the main job on real data, end to
// end through a cluster, each result beside plain gonum on one node.
//
// Three million flights are read, filtered, joined, grouped and sorted as a
// frame; their mean delays become an array with no copy and go through blocked
// linear algebra; larger random matrices follow; some work is restricted to the
// resource GPU; a function of the program's own is called through futures. Every
// comparison with gonum is a check, and the demo fails if one does.
package demo
