// Package examples is a tutorial in five programs, to be read in this order.
// Each is one file, starts a cluster of its own, and prints a few lines.
//
//	go run ./examples/hello     a function of one's own, through futures
//	go run ./examples/linalg    blocked linear algebra, beside gonum
//	go run ./examples/etl       CSV and Parquet files into small tables
//	go run ./examples/gpu       work that only a worker with a device may do
//	go run ./examples/larger    five times as much data as fits into memory
//
// Package examples/data holds the files that they read.
package examples
