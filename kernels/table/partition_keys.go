package table

import (
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// PartitionKeys is Partition for joins: a single key of integers goes to the
// part that is the remainder of its division by parts. So keys that are dense
// are as dense in each part, where they are addressed directly. Parts had better
// be a prime number, which keys are rarely multiples of.
func PartitionKeys(mem memory.Allocator, t *kernels.Table, keys []string, parts int) ([]*kernels.Table, error) {
	cols, err := keyColumns("partition", t, keys)
	if err != nil {
		return nil, err
	}
	if len(cols) == 1 && parts > 0 && parts < 1<<12 {
		if part := remainders(cols[0], uint64(parts)); part != nil {
			defer recycle(part)
			return newSplit(mem, part, parts).tables(t)
		}
	}
	return Partition(mem, t, keys, parts)
}

// remainders returns the part of each row of a column of integers, nil for
// others; nulls go to part 0.
func remainders(col arrow.Array, parts uint64) []uint32 {
	var out []uint32
	switch col.DataType().ID() {
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		out = remaindersOf(values[int32](col), parts)
	case arrow.INT64, arrow.DATE64, arrow.TIME64, arrow.TIMESTAMP, arrow.DURATION, arrow.UINT64:
		out = remaindersOf(values[int64](col), parts)
	default:
		src, ok := wordsOf(col)
		if !ok || !src.ranged() {
			return nil
		}
		words := make([]uint64, src.rows)
		src.read(words, 0)
		out = remaindersOf(words, parts)
	}
	validityOf(col).eachNull(0, len(out), func(i int) { out[i] = 0 })
	return out
}

// remaindersOf divides by multiplying (Lemire, Kaser and Kurz, 2019): the word is
// folded to 45 bits or less, with the same remainder, and the fraction of its
// quotient is exact enough in 64 bits.
func remaindersOf[T int32 | int64 | uint64](from []T, parts uint64) []uint32 {
	out := numbersOf(len(from))
	inverse, fold := ^uint64(0)/parts+1, (uint64(1)<<32)%parts
	for i, v := range from {
		w := uint64(int64(v))
		w = w>>32*fold + w&(1<<32-1)
		part, _ := bits.Mul64(inverse*w, parts)
		out[i] = uint32(part)
	}
	return out
}
