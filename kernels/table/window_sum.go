package table

import (
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// results are the values of a column in the making, and which are not null.
type results[T int64 | float64] struct {
	mem   memory.Allocator
	buf   *memory.Buffer
	out   []T
	valid *memory.Buffer // a byte of 0 or 1 each
}

func newResults[T int64 | float64](mem memory.Allocator, n int) *results[T] {
	r := &results[T]{mem: mem, buf: sized(mem, 8*n), valid: cleared(mem, n)}
	r.out = viewed[T](r.buf)
	return r
}

func (r *results[T]) set(row uint32, v T) {
	r.out[row], r.valid.Bytes()[row] = v, 1
}

func (r *results[T]) null(row uint32) { r.out[row] = 0 }

// finish makes the array and gives up the rest.
func (r *results[T]) finish(t arrow.DataType) arrow.Array {
	defer r.valid.Release()
	valid, nulls := validBits(r.mem, r.valid.Bytes())
	return newArray(t, len(r.out), nulls, valid, r.buf)
}

func (r *results[T]) release() {
	r.buf.Release()
	r.valid.Release()
}

// wide is a signed integer of 128 bits, which no sum of a table's rows leaves.
type wide struct {
	hi int64
	lo uint64
}

func (w wide) add(v wide) wide {
	lo, carry := bits.Add64(w.lo, v.lo, 0)
	return wide{w.hi + v.hi + int64(carry), lo}
}

func (w wide) sub(v wide) wide {
	lo, borrow := bits.Sub64(w.lo, v.lo, 0)
	return wide{w.hi - v.hi - int64(borrow), lo}
}

// small returns w as an int64, false if it is none.
func (w wide) small() (int64, bool) { return int64(w.lo), w.hi == int64(w.lo)>>63 }

func (w wide) float() float64 {
	if v, ok := w.small(); ok {
		return float64(v)
	}
	return float64(w.hi)*(1<<64) + float64(w.lo)
}

// intSums is CumSum, RollingSum or RollingMean of integers or booleans.
func (a *arrangement) intSums(col arrow.Array, w Window) (arrow.Array, error) {
	if w.Kind == RollingMean {
		means, _ := slide(a, col, w, func(sum wide, n int) (float64, bool) { return sum.float() / float64(n), true })
		return means.finish(arrow.PrimitiveTypes.Float64), nil
	}
	sums, ok := slide(a, col, w, func(sum wide, _ int) (int64, bool) { return sum.small() })
	if !ok {
		sums.release()
		return nil, fmt.Errorf("%w: an integer sum of column %q leaves int64: cast the column to float64", ErrOverflow, w.Column)
	}
	return sums.finish(arrow.PrimitiveTypes.Int64), nil
}

// slide sums each window exactly, by what comes to it and what leaves it. of turns
// a sum of so many values into a result; slide returns false if it once did.
func slide[T int64 | float64](a *arrangement, col arrow.Array, w Window, of func(sum wide, n int) (T, bool)) (*results[T], bool) {
	src, _ := wordsOf(col)
	b := sized(a.mem, 8*len(a.rows))
	defer b.Release()
	words := viewed[uint64](b)
	src.read(words, 0)
	sign := uint64(1) << 63
	if col.DataType().ID() == arrow.UINT64 {
		sign = 0
	}
	at := func(row uint32) wide { return wide{-int64(words[row] & sign >> 63), words[row]} }
	valid, n, least := src.valid, w.N, max(w.Least, 1)
	if w.Kind == CumSum {
		n = len(a.rows)
	}
	res, fits := newResults[T](a.mem, len(a.rows)), true
	a.groups(func(rows []uint32) {
		var sum wide
		present := 0
		for i, row := range rows {
			if valid.at(int(row)) {
				sum, present = sum.add(at(row)), present+1
			}
			if i >= n && valid.at(int(rows[i-n])) {
				sum, present = sum.sub(at(rows[i-n])), present-1
			}
			if present < least {
				res.null(row)
				continue
			}
			v, ok := of(sum, present)
			res.set(row, v)
			fits = fits && ok
		}
	})
	return res, fits
}

// floatSums is CumSum, RollingSum or RollingMean of floats. Nothing is ever taken
// off a sum, where a NaN or infinity would stay and digits be lost: a group is cut
// into blocks of N rows, and a window is the end of one and the start of the next,
// each of which is a sum that grew from one side (van Herk, 1992, of maxima).
func (a *arrangement) floatSums(col arrow.Array, w Window) arrow.Array {
	values := newFloatValues(a.mem, col)
	tails := sized(a.mem, 8*len(a.rows))
	defer values.release()
	defer tails.Release()
	res := newResults[float64](a.mem, len(a.rows))
	a.groups(func(rows []uint32) {
		n := w.N
		if w.Kind == CumSum || n > len(rows) {
			n = len(rows)
		}
		ends := viewed[float64](tails)[:len(rows)] // the sum from each place to the end of its block
		for i, sum := len(rows)-1, 0.0; i >= 0 && n < len(rows); i-- {
			if (i+1)%n == 0 {
				sum = 0
			}
			sum += values.at(rows[i])
			ends[i] = sum
		}
		sum, present := 0.0, 0 // sum is from the start of the block
		for i, row := range rows {
			if i%n == 0 {
				sum = 0
			}
			sum += values.at(row)
			present += values.present(row)
			total := sum
			if i >= n {
				present -= values.present(rows[i-n])
				if first := i - n + 1; first%n != 0 {
					total += ends[first]
				}
			}
			switch {
			case present < max(w.Least, 1):
				res.null(row)
			case w.Kind == RollingMean:
				res.set(row, total/float64(present))
			default:
				res.set(row, total)
			}
		}
	})
	return res.finish(arrow.PrimitiveTypes.Float64)
}

// floatValues reads a column of floats of either width.
type floatValues struct {
	out   []float64
	valid validity
	buf   *memory.Buffer // of out, where it is no column's memory
}

func newFloatValues(mem memory.Allocator, col arrow.Array) *floatValues {
	f := &floatValues{valid: validityOf(col)}
	if col.DataType().ID() == arrow.FLOAT64 {
		f.out = values[float64](col)
		return f
	}
	f.buf = sized(mem, 8*col.Len())
	f.out = viewed[float64](f.buf)
	for i, v := range values[float32](col) {
		f.out[i] = float64(v)
	}
	return f
}

func (f *floatValues) release() {
	if f.buf != nil {
		f.buf.Release()
	}
}

// at returns the value of a row, 0 for a null.
func (f *floatValues) at(row uint32) float64 {
	if !f.valid.at(int(row)) {
		return 0
	}
	return f.out[row]
}

// present is 1 for a value, 0 for a null.
func (f *floatValues) present(row uint32) int {
	if f.valid.at(int(row)) {
		return 1
	}
	return 0
}
