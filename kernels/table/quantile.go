package table

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// finishQuantile returns quantile q of each list of numbers, null of an empty
// one.
func finishQuantile(mem memory.Allocator, list *array.List, q float64) arrow.Array {
	out, seen := sized(mem, 8*list.Len()), make([]byte, list.Len())
	into := viewed[float64](out)
	elements, s := list.ListValues(), &selection64{}
	load := floatsOf(elements)
	if elements.DataType().ID() == arrow.FLOAT64 && list.Len() > 0 {
		all := values[float64](elements)
		from, _ := list.ValueOffsets(0)
		_, to := list.ValueOffsets(list.Len() - 1)
		s.look(all[from:to])
		load = func(_ []float64, from, to int) []float64 { return all[from:to:to] }
	}
	var loaded []float64
	for i := range into {
		into[i] = 0
		from, to := list.ValueOffsets(i)
		if from < to {
			loaded = load(loaded[:0], int(from), int(to))
			into[i], seen[i] = s.quantile(loaded, q), 1
		}
	}
	valid, nulls := validBits(mem, seen)
	return newArray(arrow.PrimitiveTypes.Float64, list.Len(), nulls, valid, out)
}

// floatsOf appends ranges of a column of numbers as float64.
func floatsOf(col arrow.Array) func(dst []float64, from, to int) []float64 {
	switch col.DataType().ID() {
	case arrow.INT8:
		return appendFloats(values[int8](col))
	case arrow.INT16:
		return appendFloats(values[int16](col))
	case arrow.INT32:
		return appendFloats(values[int32](col))
	case arrow.INT64:
		return appendFloats(values[int64](col))
	case arrow.UINT8:
		return appendFloats(values[uint8](col))
	case arrow.UINT16:
		return appendFloats(values[uint16](col))
	case arrow.UINT32:
		return appendFloats(values[uint32](col))
	case arrow.UINT64:
		return appendFloats(values[uint64](col))
	case arrow.FLOAT32:
		return appendFloats(values[float32](col))
	case arrow.FLOAT64:
		return appendFloats(values[float64](col))
	}
	panic(fmt.Sprintf("table: no quantile of %v", col.DataType()))
}

func appendFloats[T number](src []T) func([]float64, int, int) []float64 {
	return func(dst []float64, from, to int) []float64 {
		for _, v := range src[from:to] {
			dst = append(dst, float64(v))
		}
		return dst
	}
}

// between interpolates linearly between the two of n values beside the q-quantile
// (type 7 of Hyndman and Fan, 1996), given what returns value k of them in order
// and, if both are wanted, the next.
func between(n int, q float64, at func(k int, both bool) (low, high float64)) float64 {
	exact := q * float64(n-1)
	k := int(exact)
	part := exact - float64(k)
	low, high := at(k, part != 0)
	if part == 0 {
		return low
	}
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		return low*(1-part) + high*part
	}
	return low + part*(high-low)
}

// neighbours returns what would be v[k] and, if both are wanted, v[k+1] in order.
func neighbours(v []float64, k int, both bool) (low, high float64) {
	if both {
		both = k+1 < len(v)
	}
	if w, skipped, ok := narrowed(v, k, both); ok {
		v, k = w, k-skipped
	}
	low = selectNth(v, k)
	if !both {
		return low, low
	}
	high = v[k+1]
	for _, x := range v[k+2:] {
		if before(x, high) {
			high = x
		}
	}
	return low, high
}

// countedFrom is from how many values on counting pays.
const countedFrom = 32

// narrowed moves the few values around rank k to the front of v, and returns them
// with how many are less: it counts how many values fall into each of 256 ranges
// of the same width. It is not ok with NaNs, infinities, and values that are few
// or all equal.
func narrowed(v []float64, k int, both bool) (w []float64, less int, ok bool) {
	if len(v) < countedFrom {
		return nil, 0, false
	}
	least, most := v[0], v[0]
	for _, x := range v {
		if x < least {
			least = x
		}
		if x > most {
			most = x
		}
		if x != x {
			return nil, 0, false
		}
	}
	scale := 255 / (most - least)
	if !(scale > 0) || math.IsInf(scale, 0) || math.IsInf(most-least, 0) {
		return nil, 0, false
	}
	var counts [256]uint32
	for _, x := range v {
		counts[uint8((x-least)*scale)]++
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
	n := 0
	for _, x := range v {
		v[n] = x // n never overtakes the range
		if b := int(uint8((x - least) * scale)); b >= first && b <= last {
			n++
		}
	}
	return v[:n], less, true
}

// selectNth returns what would be v[k] if v were sorted with NaNs last, by
// Hoare's FIND (1961) around the middle of three. Afterwards nothing before k is
// greater, and nothing behind it less.
func selectNth(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	for lo < hi {
		pivot := middle(v[lo], v[lo+(hi-lo)/2], v[hi])
		i, j := lo, hi
		for i <= j {
			for before(v[i], pivot) {
				i++
			}
			for before(pivot, v[j]) {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	return v[k]
}

// middle returns the median of three.
func middle(a, b, c float64) float64 {
	if before(b, a) {
		a, b = b, a
	}
	if before(c, b) {
		b = c
		if before(b, a) {
			b = a
		}
	}
	return b
}
