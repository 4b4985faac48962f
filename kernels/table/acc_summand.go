package table

import (
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A summand is what a line can add up in place of an accumulator: integers, the
// rows themselves, or floats.
type summand struct {
	result arrow.DataType

	bits  uint  // of integers: the width of the sum of all rows
	least int64 // at most 0: what all values are at least
	// add adds integers, shifted, to dst, or with set writes base and them there;
	// nil for rows.
	add func(dst []uint64, start int, shift uint, base uint64, set bool)

	floats func(dst []float64, start int) []float64 // returns the values of floats, in dst or elsewhere; nil for all else

	// valid tells which rows count, or have a value to add up. Others add 0; then
	// the sum of a group is null where none of its rows is valid.
	valid validity
}

// summable is an accumulator of a sum or count.
type summable interface {
	accumulator
	// summand returns what it adds up of so many rows; false if that is not for a
	// line.
	summand(rows int) (summand, bool)
}

// integersToSum returns the summand of integers, false if the sum of all may pass
// 2⁵³, so that a float64 need not hold it. What is beneath nulls counts there.
func integersToSum[T integer](from []T, valid validity, rows int, result arrow.DataType) (summand, bool) {
	least, most := limitsOf(from)()
	if ^T(0) > 0 && least < 0 || most < least { // beyond int64
		return summand{}, false
	}
	if hi, far := bits.Mul64(max(uint64(max(most, 1)), -uint64(min(least, 0))), uint64(rows)); hi > 0 || far >= 1<<53 {
		return summand{}, false
	}
	least, most = min(least, 0), max(most, 0) // where nothing is negative, no rows need be counted
	s := summand{result: result, bits: uint(bits.Len64(uint64(most-least) * uint64(rows))), least: least, valid: valid}
	s.add = func(dst []uint64, start int, shift uint, base uint64, set bool) {
		src := from[start : start+len(dst)]
		addLane(dst, src, shift, base, set)
		valid.eachNull(start, len(dst), func(i int) { dst[i] -= uint64(int64(src[i])) << (shift & 63) })
	}
	return s, true
}

// addLane adds integers, shifted, to dst, or writes base and them there.
func addLane[T integer](dst []uint64, src []T, shift uint, base uint64, set bool) {
	if !set {
		base = 0
	}
	if short, ok := any(src).([]int32); ok {
		rowsOf32.Lanes(dst, short, shift, base, set)
		return
	}
	for i, v := range src {
		w := base + uint64(int64(v))<<(shift&63)
		if !set {
			w += dst[i]
		}
		dst[i] = w
	}
}

func countToSum(valid validity, rows int) summand {
	return summand{result: arrow.PrimitiveTypes.Int64, bits: uint(bits.Len(uint(rows))), valid: valid}
}

func floatsToSum[T number](from []T, valid validity) summand {
	s := summand{result: arrow.PrimitiveTypes.Float64, valid: valid}
	s.floats = func(dst []float64, start int) []float64 {
		for i, v := range from[start : start+len(dst)] {
			dst[i] = float64(v)
		}
		valid.eachNull(start, len(dst), func(i int) { dst[i] = 0 })
		return dst
	}
	if same, ok := any(from).([]float64); ok && valid.all() {
		s.floats = func(dst []float64, start int) []float64 { return same[start : start+len(dst)] }
	}
	return s
}

func (s *intSum[T]) summand(rows int) (summand, bool) {
	return integersToSum(s.from, s.valid, rows, arrow.PrimitiveTypes.Int64)
}

func (s *floatSum[T]) summand(rows int) (summand, bool) {
	switch from := any(s.from).(type) { // sums of these are exact either way
	case []int32:
		if sum, ok := integersToSum(from, s.valid, rows, arrow.PrimitiveTypes.Float64); ok {
			return sum, true
		}
	case []int64:
		if sum, ok := integersToSum(from, s.valid, rows, arrow.PrimitiveTypes.Float64); ok {
			return sum, true
		}
	}
	return floatsToSum(s.from, s.valid), true
}

func (c *count) summand(rows int) (summand, bool) { return countToSum(c.valid, rows), true }

// lineRows is from how many rows on looking for lines pays. It is a variable for
// tests, which want lines of few.
var lineRows = 4 * batchSize

// alignSums has lines do what several of the accumulators would do one after the
// other, and counts rows once for all that want them counted.
func alignSums(mem memory.Allocator, accs []accumulator, rows int) {
	shareCounts(accs)
	if rows < max(lineRows, 1) || rows > math.MaxInt32 { // without rows, a group has none to count
		return
	}
	var found []*accumulator
	var visit func(acc *accumulator)
	visit = func(acc *accumulator) {
		switch a := (*acc).(type) {
		case *several:
			for i := range *a {
				visit(&(*a)[i])
			}
		case *sharedCount:
			if a.first {
				visit(&a.count)
			}
		case summable:
			found = append(found, acc)
		}
	}
	for i := range accs {
		visit(&accs[i])
	}
	if len(found) < 2 {
		return
	}
	var places []*accumulator
	var sums []summand
	for _, acc := range found {
		if s, ok := (*acc).(summable).summand(rows); ok {
			places, sums = append(places, acc), append(sums, s)
		}
	}
	for len(places) > 1 {
		places, sums = newLine(mem, places, sums, rows)
	}
}

// newLine puts a line in the place of as many accumulators as it can do the work
// of, and returns the others.
func newLine(mem memory.Allocator, places []*accumulator, sums []summand, rows int) ([]*accumulator, []summand) {
	l := &line{mem: mem, rows: rows}
	var others []*accumulator
	var left []summand
	first := true
	for i, s := range sums {
		at, count, ok := l.take(s)
		if !ok {
			others, left = append(others, places[i]), append(left, s)
			continue
		}
		(*places[i]).release()
		*places[i] = &lineSum{line: l, first: first, at: at, count: count, floats: s.floats != nil, result: s.result}
		first = false
	}
	l.begin()
	return others, left
}
