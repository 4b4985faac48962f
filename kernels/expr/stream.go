package expr

// An output that no cache of a core would keep is written past the caches. The
// processor does that while it computes, as long as its buffers of a few lines
// are not full for long: so batches are shorter then.

const (
	// streamFrom is how many bytes an output has at least that is written so.
	streamFrom = 8 << 20
	// streamBatch is how many bytes of it a batch has.
	streamBatch = 2 << 10
)

// batch is how many elements a batch has at most.
func (e *blockEval) batch() int {
	n := batchSize
	for i, r := range e.prog.Outputs {
		if len(e.raw[i]) >= streamFrom {
			n = min(n, streamBatch/e.prog.Instrs[r].Type.Size())
		}
	}
	return n
}

// write copies a batch to its place in an output.
func (e *blockEval) write(output []byte, from, to int, batch []byte) {
	if len(output) >= streamFrom {
		e.stream.Copy(output[from:to], batch)
	} else {
		copy(output[from:to], batch)
	}
}
