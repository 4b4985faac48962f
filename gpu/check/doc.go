// Package check compares what a device computes with what the CPU does, op by
// op, and measures the device: what `ashlar gpu` prints.
//
// It goes the way that a task goes, through a lane, and not to the device behind
// it; package devicetest is the suite for that.
package check
