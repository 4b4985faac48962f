package table

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

type number interface{ integer | ~float32 | ~float64 }

// newSum adds integers and booleans to int64, floats to float64.
func newSum(mem memory.Allocator, col arrow.Array) accumulator {
	switch col.DataType().ID() {
	case arrow.BOOL:
		return newIntSum(mem, col, boolBytes(col))
	case arrow.INT8:
		return newIntSum(mem, col, values[int8](col))
	case arrow.INT16:
		return newIntSum(mem, col, values[int16](col))
	case arrow.INT32:
		return newIntSum(mem, col, values[int32](col))
	case arrow.INT64:
		return newIntSum(mem, col, values[int64](col))
	case arrow.UINT8:
		return newIntSum(mem, col, values[uint8](col))
	case arrow.UINT16:
		return newIntSum(mem, col, values[uint16](col))
	case arrow.UINT32:
		return newIntSum(mem, col, values[uint32](col))
	case arrow.UINT64:
		return newIntSum(mem, col, values[uint64](col))
	}
	return newFloatSum(mem, col)
}

// intSum adds integers, and notices when a sum leaves int64.
type intSum[T integer] struct {
	mem   memory.Allocator
	from  []T
	valid validity
	sums  vector[int64]
	seen  seenGroups
}

func newIntSum[T integer](mem memory.Allocator, col arrow.Array, from []T) accumulator {
	valid := validityOf(col)
	return &intSum[T]{mem: mem, from: from, valid: valid, sums: newVector[int64](mem), seen: newSeen(mem, valid, col.Len())}
}

func (s *intSum[T]) grow(groups int) {
	s.sums.grow(groups)
	s.seen.grow(groups)
}

func (s *intSum[T]) update(ids []uint32, start int) error {
	from, sums := s.from[start:start+len(ids)], s.sums.data
	var unsigned int64 // all ones if a negative int64(v) is a v beyond int64
	if ^T(0) > 0 {
		unsigned = -1
	}
	var bad int64 // negative once a sum was wrong
	base := unsafe.SliceData(sums)
	switch {
	case s.valid.all() && unsafe.Sizeof(T(0)) <= 4: // less than 2³² of these stay in int64
		for i, id := range ids {
			*at(base, id) += int64(from[i])
		}
	case s.valid.all():
		for i, id := range ids {
			v, to := int64(from[i]), at(base, id)
			old := *to
			sum := old + v
			*to = sum
			bad |= (old^sum)&(v^sum) | v&unsigned
		}
	default:
		seen := s.seen.marks.data
		for i, id := range ids {
			if s.valid.at(start + i) {
				v, old := int64(from[i]), sums[id]
				sum := old + v
				sums[id], seen[id] = sum, 1
				bad |= (old^sum)&(v^sum) | v&unsigned
			}
		}
	}
	if bad < 0 {
		return fmt.Errorf("%w: an integer sum leaves int64: cast the column to float64", ErrOverflow)
	}
	return nil
}

func (s *intSum[T]) finish(int) ([]arrow.Array, error) {
	n := len(s.sums.data)
	valid, nulls := s.seen.finish(s.mem)
	return []arrow.Array{newArray(arrow.PrimitiveTypes.Int64, n, nulls, valid, s.sums.finish())}, nil
}

func (s *intSum[T]) release() {
	s.sums.release()
	s.seen.marks.release()
}

// floatSum adds numbers as float64, in row order.
type floatSum[T number] struct {
	mem   memory.Allocator
	from  []T
	valid validity
	sums  vector[float64]
	seen  seenGroups
}

// newFloatSum adds any numbers, and booleans.
func newFloatSum(mem memory.Allocator, col arrow.Array) accumulator {
	switch col.DataType().ID() {
	case arrow.BOOL:
		return makeFloatSum(mem, col, boolBytes(col))
	case arrow.INT8:
		return makeFloatSum(mem, col, values[int8](col))
	case arrow.INT16:
		return makeFloatSum(mem, col, values[int16](col))
	case arrow.INT32:
		return makeFloatSum(mem, col, values[int32](col))
	case arrow.INT64:
		return makeFloatSum(mem, col, values[int64](col))
	case arrow.UINT8:
		return makeFloatSum(mem, col, values[uint8](col))
	case arrow.UINT16:
		return makeFloatSum(mem, col, values[uint16](col))
	case arrow.UINT32:
		return makeFloatSum(mem, col, values[uint32](col))
	case arrow.UINT64:
		return makeFloatSum(mem, col, values[uint64](col))
	case arrow.FLOAT32:
		return makeFloatSum(mem, col, values[float32](col))
	case arrow.FLOAT64:
		return makeFloatSum(mem, col, values[float64](col))
	}
	panic(fmt.Sprintf("table: no sum of %v", col.DataType()))
}

func makeFloatSum[T number](mem memory.Allocator, col arrow.Array, from []T) accumulator {
	valid := validityOf(col)
	return &floatSum[T]{mem: mem, from: from, valid: valid, sums: newVector[float64](mem), seen: newSeen(mem, valid, col.Len())}
}

func (s *floatSum[T]) grow(groups int) {
	s.sums.grow(groups)
	s.seen.grow(groups)
}

func (s *floatSum[T]) update(ids []uint32, start int) error {
	from, sums := s.from[start:start+len(ids)], s.sums.data
	if s.valid.all() {
		base := unsafe.SliceData(sums)
		for i, id := range ids {
			*at(base, id) += float64(from[i])
		}
		return nil
	}
	seen := s.seen.marks.data
	for i, id := range ids {
		if s.valid.at(start + i) {
			sums[id] += float64(from[i])
			seen[id] = 1
		}
	}
	return nil
}

func (s *floatSum[T]) finish(int) ([]arrow.Array, error) {
	n := len(s.sums.data)
	valid, nulls := s.seen.finish(s.mem)
	return []arrow.Array{newArray(arrow.PrimitiveTypes.Float64, n, nulls, valid, s.sums.finish())}, nil
}

func (s *floatSum[T]) release() {
	s.sums.release()
	s.seen.marks.release()
}

// finishMean divides sums by counts; no values have no mean.
func finishMean(mem memory.Allocator, states []arrow.Array) arrow.Array {
	sums, counts := values[float64](states[0]), values[int64](states[1])
	out, seen := sized(mem, 8*len(sums)), make([]byte, len(sums))
	means := viewed[float64](out)
	for i, sum := range sums {
		means[i] = 0
		if counts[i] > 0 {
			means[i], seen[i] = sum/float64(counts[i]), 1
		}
	}
	valid, nulls := validBits(mem, seen)
	return newArray(arrow.PrimitiveTypes.Float64, len(sums), nulls, valid, out)
}
