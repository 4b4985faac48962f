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
	load := floatsOf(list.ListValues())
	out, seen := sized(mem, 8*list.Len()), make([]byte, list.Len())
	into := viewed[float64](out)
	var scratch []float64
	for i := range into {
		into[i] = 0
		from, to := list.ValueOffsets(i)
		if from < to {
			scratch = load(scratch[:0], int(from), int(to))
			into[i], seen[i] = quantileOf(scratch, q), 1
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

// quantileOf returns the q-quantile of v, which is not empty, interpolating
// linearly between the two values beside it (type 7 of Hyndman and Fan, 1996).
// It reorders v.
func quantileOf(v []float64, q float64) float64 {
	at := q * float64(len(v)-1)
	k := int(at)
	low := selectNth(v, k)
	part := at - float64(k)
	if part == 0 {
		return low
	}
	high := v[k+1]
	for _, x := range v[k+2:] {
		if before(x, high) {
			high = x
		}
	}
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		return low*(1-part) + high*part
	}
	return low + part*(high-low)
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
