package array

import "math"

// Cutting blocks of rows into blocks of columns makes a piece of every old block
// for every new one. Where these would be many and small, the array is cut twice:
// from old to new through blocks that lie between them, so that each is put
// together from the square root as many pieces, and these are as much larger.
const (
	// smallPiece is which pieces are small, in bytes on average: a worker keeps
	// such values by themselves in memory, whatever else it moves to disk.
	smallPiece = 64 << 10
	// manyPieces is which are many, for each block of the finer side.
	manyPieces = 8
)

// through returns how to cut on the way from one layout to another, nil if there
// is nothing to gain. Blocks are no larger than the larger of both sides.
func through(from, to Chunks, elem int) Chunks {
	pieces, bytes := 1.0, float64(elem)
	for i := range from {
		pieces *= float64(len(merge(from[i], to[i])))
		bytes *= float64(sum(from[i]))
	}
	blocks := max(from.Blocks(), to.Blocks())
	if bytes >= pieces*smallPiece || pieces < float64(manyPieces*blocks) {
		return nil
	}
	via := make(Chunks, len(from))
	for i := range from {
		finer := from[i]
		if len(to[i]) > len(finer) {
			finer = to[i]
		}
		via[i] = joined(finer, int(math.Round(math.Sqrt(float64(len(from[i])*len(to[i]))))))
	}
	return via
}

// joined joins neighbours among sizes until there are n, each of about as many.
func joined(sizes []int, n int) []int {
	out := make([]int, n)
	for i, size := range sizes {
		out[i*n/len(sizes)] += size
	}
	return out
}
