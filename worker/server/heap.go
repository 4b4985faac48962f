package server

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"

	"github.com/ashlar-go/ashlar/worker/store"
	"github.com/ashlar-go/ashlar/worker/store/segment"
)

// heapFloor is what Go may have beside what was alive at the last collection, in
// bytes: with less it would do nothing but collect.
const heapFloor = 16 << 20

// floorOf is that of a worker with little memory: a twelfth of it, but half of the
// floor at least.
func floorOf(memory int64) int64 { return min(heapFloor, max(heapFloor/2, memory/12)) }

// unforeseen is what of a limit is left for what comes into memory between two
// looks, such as more of the program.
func unforeseen(memory int64) int64 { return 6<<20 + memory/32 }

// leastRoom is the part of its limit, as 1/leastRoom, that results may fill in
// any case.
const leastRoom = 4

// forget is how slowly what Go took is forgotten, in looks.
const forget = 16

// resident is memory that a process has, in bytes.
type resident struct {
	all, peak int64
	own       int64 // that no file is behind: Go's
	files     int64 // of files: the program, and results on disk that are read
}

// results are the bytes of results by where they lie: in shared memory, used or
// kept for others; in Go's; and where they are only read, on disk or in the
// memory of peers.
type results struct{ shared, kept, heap, disk, peers int64 }

// all is what results have resident.
func (r results) all() int64 { return r.shared + r.kept + r.heap + r.disk + r.peers }

// A heap divides the memory of a process that is nothing but a worker: between
// its program, Go, and results.
type heap struct {
	budget  int64 // of the process, bytes; 0 limits nothing
	memory  int64 // of it: the limit of results
	arena   *segment.Arena
	results func() results
	stale   func(bytes int64) // says how much of peers' memory that is not read any more stays mapped; may be nil
	tell    bool              // Go, that is

	terminate func(why string) // see Options
	program   int64
	own       int64 // Go's beside results, lately
	limit     int64 // that Go was told, bytes; 0 is none
	tight     bool  // little of the budget is left
	before    int64 // what to tell it in the end
}

// terminateAt is how much a worker's process may have resident before it ends, in
// bytes: half more than its limit, or 256 MiB where that is more. Results do not
// come near it; what does is memory that tasks keep by themselves.
func terminateAt(memory int64) int64 { return memory + max(memory/2, 256<<20) }

// check ends the worker, once, if its process has grown beyond all bounds.
func (h *heap) check(now resident) {
	terminate := h.terminate
	if at := terminateAt(h.memory); terminate != nil && h.budget > 0 && now.all > at {
		h.terminate = nil
		terminate(fmt.Sprintf("out of memory: %d MiB are resident, of %d at most, with a limit of %d MiB for results: "+
			"tasks keep more memory of their own than there is", now.all>>20, at>>20, h.memory>>20))
	}
}

// newHeap: the process may have a tenth more than the limit of its results.
func newHeap(o Options, arena *segment.Arena, rs func() results) *heap {
	h := &heap{memory: o.Memory, arena: arena, results: rs, terminate: o.Terminate, tell: os.Getenv("GOMEMLIMIT") == "", before: debug.SetMemoryLimit(-1)}
	if o.OwnProcess && o.Memory > 0 {
		h.budget = o.Memory + o.Memory/10
		h.program = processMemory().files
		h.adjust()
	}
	return h
}

// adjust divides anew and returns how much results may take while there is a
// choice, in bytes: all of their limit, if the process is not this worker's
// alone.
func (h *heap) adjust() (room int64) {
	if h.budget == 0 {
		return h.memory
	}
	now, rs := processMemory(), h.results()
	h.check(now)
	h.tight = now.all > h.budget-h.budget/8
	if rs.disk == 0 {
		h.program = max(h.program, now.files)
	}
	own := now.own - rs.heap
	h.own = max(own, h.own-(h.own-own)/forget, floorOf(h.memory))
	left := h.budget - h.program
	room = roomIn(left-h.own, h.memory)
	if h.arena != nil {
		h.arena.SetBudget(room - rs.heap)
	}
	if h.stale != nil {
		h.stale(staleIn(room-rs.all(), h.memory))
	}
	if h.tell {
		h.tellGo(goLimit(left-unforeseen(h.memory), rs.all()-rs.heap, liveHeap(), floorOf(h.memory)))
	}
	return room
}

// roomIn is how much of what the program and Go leave is for results.
func roomIn(left, memory int64) int64 {
	return min(memory, max(left-unforeseen(memory), memory/leastRoom))
}

// staleIn is how much of peers' memory may stay mapped when so much is left for
// results: half of that, so that what is allocated before the next look has room.
func staleIn(left, memory int64) int64 { return max(left/2, memory/32) }

// copies is what may be copied on its way to disk, in bytes: with less room, as
// much less.
const copies = 24 << 20

// keptOf is how much of the room the machine fills: the rest is for what is read
// from disk for others, and for what is copied on its way to disk.
func keptOf(room int64) int64 {
	return room - max(room/store.ServedPart, min(room/3, copies))
}

func (h *heap) tellGo(limit int64) {
	if diff := limit - h.limit; diff > h.budget/64 || -diff > h.budget/64 {
		debug.SetMemoryLimit(limit)
		h.limit = limit
	}
}

// goLimit is what Go may have of budget beside results, with so much alive.
func goLimit(budget, results, live, floor int64) int64 {
	return max(budget-results, live+live/4+floor)
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
