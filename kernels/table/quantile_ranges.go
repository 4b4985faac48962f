package table

import (
	"math"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// A selection64 finds values by rank in many lists. It counts the values of a list
// by ranges of the same width, into which it cuts the span of all lists, and
// looks for the rank among those of one or two ranges only.
type selection64 struct {
	least, scale float64 // scale is 0 where lists cannot be counted so
	ranges       []uint8 // of each value
	kept         []float64
}

// look learns the span of all values: not where some are NaN or infinite, or all
// are equal.
func (s *selection64) look(all []float64) {
	least, most := spanOf(all)
	if scale := 255 / (most - least); scale > 0 && !math.IsInf(scale, 0) && !math.IsInf(most-least, 0) {
		s.least, s.scale = least, scale
	}
}

// spanOf returns the least and the greatest value, NaN if one is NaN.
func spanOf(all []float64) (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	r := asm.ReductionFor[float64](asm.Best())
	var low, high [64]float64
	for len(all) >= asm.Leaf {
		n := min(len(all)/asm.Leaf, len(low))
		r.Min(all[:n*asm.Leaf], low[:n])
		r.Max(all[:n*asm.Leaf], high[:n])
		for i := range n {
			least, most = min(least, low[i]), max(most, high[i])
		}
		all = all[n*asm.Leaf:]
	}
	for _, v := range all {
		least, most = min(least, v), max(most, v)
	}
	return least, most
}

// quantile returns the q-quantile of v, which is not empty, and leaves v as it is.
func (s *selection64) quantile(v []float64, q float64) float64 {
	return between(len(v), q, func(k int, both bool) (low, high float64) {
		both = both && k+1 < len(v)
		kept, less := s.around(v, k, both)
		return neighbours(kept, k-less, both)
	})
}

// around returns a copy of the values among which those of rank k and, if both are
// wanted, k+1 are, and how many are less than all of these.
func (s *selection64) around(v []float64, k int, both bool) (kept []float64, less int) {
	if len(s.kept) < len(v) {
		s.kept, s.ranges = make([]float64, 2*len(v)), make([]uint8, 2*len(v))
	}
	if s.scale == 0 || len(v) < countedFrom {
		return s.kept[:copy(s.kept, v)], 0
	}
	shift := 0 // few values, few ranges
	if len(v) < 256 {
		shift = 2
	}
	var counts [256]uint32
	ranges, least, scale := s.ranges[:len(v)], s.least, s.scale
	for i, x := range v {
		b := uint8(int32((x-least)*scale)) >> (shift & 7)
		ranges[i] = b
		counts[b]++
	}
	first, upTo := 0, int(counts[0])
	for upTo <= k {
		first++
		upTo += int(counts[first])
	}
	less, last := upTo-int(counts[first]), first
	for both && upTo <= k+1 {
		last++
		upTo += int(counts[last])
	}
	n, wide := 0, uint8(last-first)
	kept = s.kept[:len(v)]
	for i, b := range ranges {
		kept[n] = v[i] // n never overtakes i
		if b-uint8(first) <= wide {
			n++
		}
	}
	return kept[:n], less
}
