package expr

import "slices"

// An output that no cache of a core would keep is written past the caches. The
// processor does that while it computes, as long as its buffers of a few lines
// are not full for long: a chain writes piece by piece, and where none does
// batches are shorter.

// streamFrom is how many bytes an output has at least that is written so; a
// variable for tests.
var streamFrom = 8 << 20

// streamBatch is how many bytes of it a batch has.
const streamBatch = 2 << 10

// batch is how many elements a batch has at most.
func (e *blockEval) batch() int {
	n := batchSize
	for i, r := range e.prog.Outputs {
		if len(e.raw[i]) >= streamFrom && !e.hasSink(r) {
			n = min(n, streamBatch/e.prog.Instrs[r].Type.Size())
		}
	}
	return n
}

// hasSink reports whether a chain can write a value past the caches.
func (m *machine) hasSink(r Ref) bool {
	return slices.ContainsFunc(m.units, func(u unit) bool {
		return u.chain != nil && slices.ContainsFunc(u.chain.sinks, func(s sink) bool { return s.ref == r })
	})
}

// offerSinks says where the outputs of a batch go that a chain may write itself.
// An output that is there twice goes to the first place.
func (e *blockEval) offerSinks(start, n int) {
	for i, r := range slices.Backward(e.prog.Outputs) {
		if w := e.prog.Instrs[r].Type.Size(); len(e.raw[i]) >= streamFrom {
			e.sinks[r] = e.raw[i][start*w : (start+n)*w]
		}
	}
}

// sunk reports whether a chain has written output i, which is value r.
func (e *blockEval) sunk(i int, r Ref) bool {
	_, left := e.sinks[r]
	return len(e.raw[i]) >= streamFrom && !left && slices.Index(e.prog.Outputs, r) == i
}

// write copies a batch to its place in an output.
func (e *blockEval) write(output []byte, from, to int, batch []byte) {
	if len(output) >= streamFrom {
		e.stream.Copy(output[from:to], batch)
	} else {
		copy(output[from:to], batch)
	}
}
