package server

import (
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"

	"github.com/ashlar-go/ashlar/worker/store/segment"
)

// heapFloor is what Go may have beside what was alive at the last collection, in
// bytes: with less it would do nothing but collect.
const heapFloor = 16 << 20

// A heap keeps Go's memory to what results leave of the memory of a process that
// is nothing but a worker, and watches what the collector takes for that.
type heap struct {
	budget int64          // of Go and the results together, bytes; 0 limits nothing
	arena  *segment.Arena // where results lie; nil is in Go's memory
	limit  int64          // that Go was told, bytes; 0 is none
	before int64          // what to tell it in the end
}

// newHeap: a tenth more than the limit of the results is the process's, and what
// is resident now, before it has worked, is its program.
func newHeap(o Options, arena *segment.Arena) *heap {
	h := &heap{arena: arena, before: debug.SetMemoryLimit(-1)}
	if o.OwnProcess && o.Memory > 0 && os.Getenv("GOMEMLIMIT") == "" {
		program, _ := processMemory()
		h.budget = max(1, o.Memory+o.Memory/10-program)
		h.adjust()
	}
	return h
}

// adjust tells Go how much memory it may have now, and returns that in bytes; 0
// is no limit of ours.
func (h *heap) adjust() int64 {
	if h.budget == 0 {
		return 0
	}
	var results int64
	if h.arena != nil {
		u := h.arena.Usage()
		results = u.Live + u.Kept
	}
	limit := goLimit(h.budget, results, liveHeap())
	if diff := limit - h.limit; diff > h.budget/64 || -diff > h.budget/64 {
		debug.SetMemoryLimit(limit)
		h.limit = limit
	}
	return h.limit
}

// marks returns the parts of the memory above which results leave for disk, and
// down to which. In a process of its own, what the program and Go take beyond
// a tenth more than the memory is made room for.
func (o Options) marks() (above, to float64) {
	if !o.OwnProcess {
		return spillAbove, spillTo
	}
	program, _ := processMemory()
	return marksBeside(float64(program+heapFloor) / float64(o.Memory))
}

// marksBeside returns the marks of a process that takes the part other of its
// memory for something else than results.
func marksBeside(other float64) (above, to float64) {
	less := min(max(0, other-0.1), spillAbove-lowestMark)
	return spillAbove - less, max(spillTo-less, lowestMark/2)
}

// lowestMark is the part of the memory that results may fill in any case: tasks
// are given out that need all of it.
const lowestMark = 0.25

// goLimit is what Go may have of budget beside results, with so much alive.
func goLimit(budget, results, live int64) int64 {
	return max(budget-results, live+live/4+heapFloor)
}

// restore undoes what adjust did.
func (h *heap) restore() {
	if h.limit != 0 {
		debug.SetMemoryLimit(h.before)
	}
}

// liveHeap is how many bytes of Go's heap the last collection found alive.
func liveHeap() int64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return int64(min(s[0].Value.Uint64(), math.MaxInt64/2))
}

// collectorSeconds is the processor time that Go's collector has taken in this
// process, as Go estimates it.
func collectorSeconds() float64 {
	s := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(s)
	return s[0].Value.Float64()
}
