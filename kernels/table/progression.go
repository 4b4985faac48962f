package table

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A progression addresses integers least + k·step directly by k. The step is
// what the distances of all values have in common, so that the keys of one part
// of many, which often are each so-many-th, are as dense as all of them were.
type progression struct {
	least   uint64
	inverse uint64 // of the odd part of the step, modulo 2⁶⁴
	twos    int    // the step is odd·2^twos
	step    uint64
	buffer  *memory.Buffer
	slots   []uint32 // number of each key plus one, 0 where there is none; the last is of all that is beyond
	keys    uint32
}

// newProgression numbers the values of a column in order of first appearance
// and writes the number of each row, noCode for nulls. It returns nil if the
// values are no integers, or too far apart.
func newProgression(mem memory.Allocator, src wordSource, ids []uint32) *progression {
	if !src.ranged() {
		return nil
	}
	least, most, any := src.bounds()
	span, step, limit := uint64(most)-uint64(least), uint64(1), uint64(directLimit(src.rows))
	if !any || span > math.MaxInt64 {
		return nil
	}
	if span >= limit {
		if step = src.step(uint64(least)); span/step >= limit {
			return nil
		}
	}
	p := &progression{least: uint64(least), twos: bits.TrailingZeros64(step), step: step}
	p.inverse = inverse(step >> p.twos)
	p.buffer = cleared(mem, 4*int(span/step+2))
	p.slots = viewed[uint32](p.buffer)
	p.fill(src, ids)
	return p
}

// step returns the greatest common divisor of the distances from least.
func (s wordSource) step(least uint64) uint64 {
	var batch [batchSize]uint64
	step := uint64(0)
	for start := 0; start < s.rows && step != 1; start += batchSize {
		words := batch[:min(batchSize, s.rows-start)]
		s.read(words, start)
		s.valid.eachNull(start, len(words), func(i int) { words[i] = least })
		step = divisorOf(words, least, step)
	}
	return max(step, 1)
}

// divisorOf returns the greatest common divisor of step and the distances of words
// from least. Whether an odd number divides is told by a multiplication (Warren,
// Hacker's Delight, 10-17): the step is found early, and then only affirmed.
func divisorOf(words []uint64, least, step uint64) uint64 {
	for i := 0; i < len(words); i++ {
		twos := bits.TrailingZeros64(step)
		odd := step >> (twos & 63)
		if step > 1 {
			inv, most := inverse(odd), math.MaxUint64/odd>>twos
			for i < len(words) && bits.RotateLeft64((words[i]-least)*inv, -twos) <= most {
				i++
			}
		}
		if i < len(words) {
			step = divisor(step, words[i]-least)
		}
	}
	return step
}

func divisor(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// inverse returns the inverse of an odd number modulo 2⁶⁴, by Newton's iteration.
func inverse(odd uint64) uint64 {
	x := odd
	for range 5 {
		x *= 2 - odd*x
	}
	return x
}

// at returns k for the value least + k·step. For all others it is beyond any
// slot: only multiples of the step divide to that little (Warren, Hacker's
// Delight, 10-17).
func (p *progression) at(word uint64) uint64 {
	return bits.RotateLeft64((word-p.least)*p.inverse, -p.twos)
}

func (p *progression) fill(src wordSource, ids []uint32) {
	var batch [batchSize]uint64
	for start := 0; start < src.rows; start += batchSize {
		words := batch[:min(batchSize, src.rows-start)]
		src.read(words, start)
		src.valid.eachNull(start, len(words), func(i int) { words[i] = p.least - 1 })
		out := ids[start : start+len(words)]
		for i, w := range words {
			k := p.at(w)
			if k >= uint64(len(p.slots)-1) {
				out[i] = noCode
				continue
			}
			if p.slots[k] == 0 {
				p.keys++
				p.slots[k] = p.keys
			}
			out[i] = p.slots[k] - 1
		}
	}
}

func (p *progression) size() int { return int(p.keys) }

// lookup finds values of another column of integers.
func (p *progression) lookup(cols []arrow.Array) finder {
	col := cols[0]
	valid := validityOf(col)
	find := p.finderOf(col)
	if valid.all() {
		return find
	}
	return func(ids []uint32, start int) {
		find(ids, start)
		valid.eachNull(start, len(ids), func(i int) { ids[i] = noCode })
	}
}

func (p *progression) finderOf(col arrow.Array) finder {
	switch {
	case p.step > 1 && p.twos == 0 && col.DataType().ID() == arrow.INT32:
		return findStepped(values[int32](col), p.least, p.inverse, p.slots)
	case p.step > 1 && p.twos == 0 && col.DataType().ID() == arrow.INT64:
		return findStepped(values[int64](col), p.least, p.inverse, p.slots)
	case p.step > 1:
	case col.DataType().ID() == arrow.INT32 || col.DataType().ID() == arrow.DATE32:
		return findNear(values[int32](col), p.least, p.slots)
	case col.DataType().ID() == arrow.INT64 || col.DataType().ID() == arrow.TIMESTAMP:
		return findNear(values[int64](col), p.least, p.slots)
	}
	src, _ := wordsOf(col)
	return func(ids []uint32, start int) {
		batch := batches.Get().(*[batchSize]uint64)
		defer batches.Put(batch)
		words := batch[:len(ids)]
		src.read(words, start)
		least, inverse, twos := p.least, p.inverse, -p.twos
		if twos == 0 {
			for i, w := range words {
				words[i] = (w - least) * inverse
			}
		} else {
			for i, w := range words {
				words[i] = bits.RotateLeft64((w-least)*inverse, twos)
			}
		}
		findSlots(ids, words, 0, p.slots)
	}
}

// findNear finds values whose distance from least is their slot.
func findNear[T int32 | int64](from []T, least uint64, slots []uint32) finder {
	return func(ids []uint32, start int) { findSlots(ids, from[start:start+len(ids)], least, slots) }
}

// findStepped finds values whose distance from least is an odd multiple of their
// slot, by the inverse of that.
func findStepped[T int32 | int64](from []T, least, inverse uint64, slots []uint32) finder {
	return func(ids []uint32, start int) {
		src := from[start : start+len(ids)]
		last, base := uint64(len(slots)-1), unsafe.Pointer(unsafe.SliceData(slots))
		for i, v := range src {
			ids[i] = *(*uint32)(unsafe.Add(base, 4*min((uint64(int64(v))-least)*inverse, last))) - 1
		}
	}
}

// findSlots writes one less than what is in the slots of so many values: an
// empty one's wraps to noCode.
func findSlots[T int32 | int64 | uint64](ids []uint32, from []T, least uint64, slots []uint32) {
	ids, last, base := ids[:len(from)], uint64(len(slots)-1), unsafe.Pointer(unsafe.SliceData(slots))
	for i, v := range from {
		ids[i] = *(*uint32)(unsafe.Add(base, 4*min(uint64(int64(v))-least, last))) - 1
	}
}

func (p *progression) release() { p.buffer.Release() }
