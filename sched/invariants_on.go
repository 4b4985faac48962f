//go:build invariants

package sched

// invariants: every step ends with a Check, whose failure panics.
const invariants = true
