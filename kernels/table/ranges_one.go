package table

import (
	"math"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// rangesOfOne returns the range of each value of a column that is all of the
// order and is not of strings, else nil. See PartitionRanges.
func rangesOfOne(mem memory.Allocator, col, edges arrow.Array, spec SortSpec) []uint32 {
	if len(spec.Keys) > 1 || isText(col.DataType()) {
		return nil
	}
	key := spec.Keys[0]
	counted := wordScratch{mem: mem}
	defer counted.release()
	bounds := orderOf(&counted, edges)
	edgeValid, valid := validityOf(edges), validityOf(col)
	kept := bounds[:0]
	for i, w := range bounds {
		if edgeValid.at(i) {
			kept = append(kept, w)
		}
	}
	empty := uint32(len(bounds) - len(kept)) // bounds that are null
	before, null := uint32(0), uint32(len(bounds))
	if key.NullsFirst {
		before, null = empty, empty
	}
	words := orderOf(&counted, col)
	if key.Descending {
		invert(kept)
		invert(words)
	}
	part := rangesOfWords(words, kept, before)
	valid.eachNull(0, len(part), func(i int) { part[i] = null })
	return part
}

func invert(words []uint64) {
	for i, w := range words {
		words[i] = ^w
	}
}

// rangesOfWords returns how many bounds, which are in order, are at most each
// word, plus before: a search by halves without a branch.
func rangesOfWords(words, bounds []uint64, before uint32) []uint32 {
	part := numbersOf(len(words))
	n := len(bounds)
	padded := append(slices.Clone(bounds), slices.Repeat([]uint64{math.MaxUint64}, 1<<bits.Len(uint(n))-n)...)
	half := len(padded) / 2
	for i, w := range words {
		at := 0
		for step := half; step > 0; step >>= 1 {
			// 1 if padded[at+step-1] <= w
			_, above := bits.Sub64(w, padded[at+step-1], 0)
			at += step & int(above-1)
		}
		part[i] = uint32(min(at, n)) + before
	}
	return part
}

// rangeParts splits t by the part of each row. Where these are in order already
// the parts are slices of t.
func rangeParts(mem memory.Allocator, t *kernels.Table, part []uint32, parts int) ([]*kernels.Table, error) {
	if !slices.IsSorted(part) {
		return newSplit(mem, part, parts).tables(t)
	}
	out := make([]*kernels.Table, parts)
	at := 0
	for p := range out {
		end, _ := slices.BinarySearch(part[at:], uint32(p+1))
		out[p] = t.Slice(at, at+end)
		at += end
	}
	return out, nil
}
