package table

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// An accumulator folds one column into one state a group.
type accumulator interface {
	// grow makes room for so many groups.
	grow(groups int)
	// update folds rows start … of the column into the groups of ids.
	update(ids []uint32, start int) error
	// finish returns the columns of the states.
	finish(groups int) ([]arrow.Array, error)
	// release frees what finish has not returned.
	release()
}

// parts names the columns of the aggregate's state.
func (k AggKind) parts() []string {
	switch k {
	case Mean:
		return []string{"sum", "count"}
	case Var, Std:
		return []string{"count", "origin", "mean", "m2"}
	case CountDistinct, Median, Quantile, NLargest, NSmallest, List:
		return []string{"values"}
	case Corr, Cov:
		return []string{"count", "x", "y", "xx", "yy", "xy"}
	}
	return []string{"value"}
}

// accumulate makes the accumulator over a column of rows, nil for CountStar, and
// the second column of an aggregate of two.
func (a Agg) accumulate(mem memory.Allocator, col, other arrow.Array) accumulator {
	switch a.Kind {
	case Sum:
		return newSum(mem, col)
	case Mean:
		return &several{newFloatSum(mem, col), newCount(mem, col)}
	case Min, All:
		return newExtreme(mem, col, false)
	case Max, Any:
		return newExtreme(mem, col, true)
	case Count, CountStar:
		return newCount(mem, col)
	case First:
		return newPick(mem, col, func(int, int) bool { return false })
	case Last:
		return newPick(mem, col, func(int, int) bool { return true })
	case Var, Std:
		return newMoments(mem, col)
	case CountDistinct:
		return newDistinctList(mem, col)
	case Median, Quantile, List:
		return newValueList(mem, col)
	case Corr, Cov:
		return newPairs(mem, col, other)
	case NLargest, NSmallest:
		return newTop(mem, col, a.N, a.Kind == NLargest)
	}
	panic(fmt.Sprintf("table: no accumulator of %v", a.Kind))
}

// merge makes the accumulator over columns of states.
func (a Agg) merge(mem memory.Allocator, states []arrow.Array) accumulator {
	switch a.Kind {
	case Mean:
		return &several{newFloatSum(mem, states[0]), newSum(mem, states[1])}
	case Count, CountStar:
		return newSum(mem, states[0])
	case Var, Std:
		return newMomentsMerge(mem, states)
	case CountDistinct:
		return newFlatten(states[0], func(elements arrow.Array) accumulator { return newDistinctList(mem, elements) })
	case Median, Quantile, List:
		if r, ok := runsOf(states[0]); ok {
			return &runsMerge{runs: r, mem: mem, ids: newVector[uint32](mem)}
		}
		return newFlatten(states[0], func(elements arrow.Array) accumulator { return newValueList(mem, elements) })
	case NLargest, NSmallest:
		return newFlatten(states[0], func(elements arrow.Array) accumulator { return a.accumulate(mem, elements, nil) })
	case Corr, Cov:
		return newPairsMerge(mem, states)
	}
	return a.accumulate(mem, states[0], nil)
}

// finish turns the columns of states into the column of results.
func (a Agg) finish(mem memory.Allocator, states []arrow.Array) arrow.Array {
	switch a.Kind {
	case Mean:
		return finishMean(mem, states)
	case Var, Std:
		return finishMoments(mem, states, a.Kind == Std)
	case CountDistinct:
		return finishLengths(mem, states[0].(*array.List))
	case Corr, Cov:
		return finishPairs(mem, states, a.Kind == Corr)
	case Median, Quantile:
		return finishQuantile(mem, states[0].(*array.List), a.quantile())
	}
	states[0].Retain()
	return states[0]
}

// several accumulators together make one state.
type several []accumulator

func (s several) grow(groups int) {
	for _, acc := range s {
		acc.grow(groups)
	}
}

func (s several) update(ids []uint32, start int) error {
	for _, acc := range s {
		if err := acc.update(ids, start); err != nil {
			return err
		}
	}
	return nil
}

func (s several) finish(groups int) ([]arrow.Array, error) {
	var out []arrow.Array
	for _, acc := range s {
		cols, err := acc.finish(groups)
		if err != nil {
			releaseAll(out)
			return nil, err
		}
		out = append(out, cols...)
	}
	return out, nil
}

func (s several) release() {
	for _, acc := range s {
		acc.release()
	}
}

// seenGroups marks the groups that got a value. Where every row has one, so has
// every group that has a row, and nothing needs marking.
type seenGroups struct {
	marks vector[uint8]
	all   bool
}

func newSeen(mem memory.Allocator, valid validity, rows int) seenGroups {
	return seenGroups{marks: newVector[uint8](mem), all: valid.all() && rows > 0}
}

func (s *seenGroups) grow(groups int) {
	if !s.all {
		s.marks.grow(groups)
	}
}

// mark marks the groups of valid rows, without a branch.
func (s *seenGroups) mark(ids []uint32, valid validity, start int) {
	base := unsafe.SliceData(s.marks.data)
	for i := 0; i < len(ids); i += 64 {
		w := valid.word(start + i)
		for _, id := range ids[i:min(i+64, len(ids))] {
			*at(base, id) |= uint8(w & 1)
			w >>= 1
		}
	}
}

// finish returns the validity of the groups.
func (s *seenGroups) finish(mem memory.Allocator) (*memory.Buffer, int) {
	if s.all {
		return nil, 0
	}
	return validBits(mem, s.marks.data)
}
