package table

import (
	"math"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
)

// batchSize is how many rows go through all steps of an operation at a time,
// so that what passes between the steps stays in the first-level cache.
const batchSize = 1024

// batches has memory for the words of a batch, for finders: there is one of a table
// in each part of a join, and each escapes to the heap.
var batches = sync.Pool{New: func() any { return new([batchSize]uint64) }}

// wordSource reads a fixed-width key column as words: equal words, equal
// values. Integers of any width are sign-extended, so they meet.
type wordSource struct {
	read   func(dst []uint64, start int)
	limits func() (least, most int64) // of all rows, valid or not; nil for floats
	valid  validity
	rows   int
}

// wordsOf returns the source of col, false if its type is not of words.
func wordsOf(col arrow.Array) (wordSource, bool) {
	s := wordSource{valid: validityOf(col), rows: col.Len()}
	switch col.DataType().ID() {
	case arrow.BOOL:
		truth := boolBytes(col)
		s.read, s.limits = widen(truth), limitsOf(truth)
	case arrow.INT8:
		s.read, s.limits = widen(values[int8](col)), limitsOf(values[int8](col))
	case arrow.INT16:
		s.read, s.limits = widen(values[int16](col)), limitsOf(values[int16](col))
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		s.read, s.limits = widen(values[int32](col)), limitsOf(values[int32](col))
	case arrow.INT64, arrow.TIMESTAMP, arrow.DATE64, arrow.TIME64, arrow.DURATION, arrow.UINT64:
		s.read, s.limits = widen(values[int64](col)), limitsOf(values[int64](col))
	case arrow.UINT8:
		s.read, s.limits = widen(values[uint8](col)), limitsOf(values[uint8](col))
	case arrow.UINT16:
		s.read, s.limits = widen(values[uint16](col)), limitsOf(values[uint16](col))
	case arrow.UINT32:
		s.read, s.limits = widen(values[uint32](col)), limitsOf(values[uint32](col))
	case arrow.FLOAT32:
		s.read = floatWords(values[float32](col))
	case arrow.FLOAT64:
		s.read = floatWords(values[float64](col))
	default:
		return s, false
	}
	return s, true
}

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

func widen[T integer](from []T) func([]uint64, int) {
	return func(dst []uint64, start int) {
		src := from[start : start+len(dst)]
		for i := range dst {
			dst[i] = uint64(int64(src[i]))
		}
	}
}

func floatWords[T float32 | float64](from []T) func([]uint64, int) {
	return func(dst []uint64, start int) {
		src := from[start : start+len(dst)]
		for i := range dst {
			dst[i] = floatWord(float64(src[i]))
		}
	}
}

// ranged says whether words are integers in order, so that distances count.
func (s wordSource) ranged() bool { return s.limits != nil }

// floatWord is one word for all NaNs, one for both zeros.
func floatWord(v float64) uint64 {
	if v != v {
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(v + 0) // -0 + 0 is 0
}

// bounds returns the least and greatest integer among the valid rows; ok is
// false if there is none.
func (s wordSource) bounds() (least, most int64, ok bool) {
	if s.valid.all() {
		least, most = s.limits()
		return least, most, least <= most
	}
	var batch [batchSize]uint64
	least, most = math.MaxInt64, math.MinInt64
	for start := 0; start < s.rows; start += batchSize {
		words := batch[:min(batchSize, s.rows-start)]
		s.read(words, start)
		for i, w := range words {
			if s.valid.at(start + i) {
				least, most = min(least, int64(w)), max(most, int64(w))
			}
		}
	}
	return least, most, least <= most
}
