// Package dataset describes what is published under a name as a whole: a frame,
// whose parts are the tables of its partitions, or an array, whose parts are its
// blocks in row-major order of the grid. A [Note] travels with the names of the
// parts, so that whoever opens them, in Go or through Arrow Flight, knows columns
// or shape without fetching any.
package dataset
