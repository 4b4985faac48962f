package table

import (
	"bytes"
	"math"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// orderWords turns the sort keys of every row into words: one row precedes
// another if its words, compared as unsigned numbers from the first on, do. Each
// column is reduced to the bits that its range needs, with a place for nulls,
// and columns share a word while they fit.
func orderWords(mem *wordScratch, cols []arrow.Array, keys []SortKey) (words [][]uint64) {
	free := 0 // bits of the last word
	for i, col := range cols {
		for _, f := range orderFields(mem, col, keys[i]) {
			if f.bits == 0 {
				continue
			}
			if f.bits > free {
				words = append(words, f.words)
				free = 64 - f.bits
				continue
			}
			last := words[len(words)-1]
			for row, w := range f.words {
				last[row] = last[row]<<f.bits | w
			}
			free -= f.bits
		}
	}
	return words
}

// orderField is a number of so many bits a row.
type orderField struct {
	words []uint64
	bits  int
}

// orderFields makes the fields of one key: one, or two where nulls do not fit
// into the 64 bits of the values.
func orderFields(mem *wordScratch, col arrow.Array, key SortKey) []orderField {
	words, valid := orderOf(mem, col), validityOf(col)
	if key.Descending {
		for i, w := range words {
			words[i] = ^w
		}
	}
	least, most := uint64(math.MaxUint64), uint64(0)
	for i, w := range words {
		if valid.at(i) {
			least, most = min(least, w), max(most, w)
		}
	}
	span := uint64(0)
	if least <= most {
		span = most - least
	}
	if valid.all() {
		for i := range words {
			words[i] -= least
		}
		return []orderField{{words, bits.Len64(span)}}
	}
	if span >= math.MaxUint64-1 {
		return []orderField{nullField(mem, col.Len(), valid, key.NullsFirst), {clearNulls(words, valid, least), 64}}
	}
	null, first := span+1, uint64(0)
	if key.NullsFirst {
		null, first = 0, 1
	}
	for i, w := range words {
		if valid.at(i) {
			words[i] = w - least + first
		} else {
			words[i] = null
		}
	}
	return []orderField{{words, bits.Len64(span + 1)}}
}

// nullField is one bit that puts nulls before or behind values.
func nullField(mem *wordScratch, rows int, valid validity, nullsFirst bool) orderField {
	f := orderField{words: mem.of(rows), bits: 1}
	for i := range f.words {
		f.words[i] = 0
		if valid.at(i) == nullsFirst {
			f.words[i] = 1
		}
	}
	return f
}

func clearNulls(words []uint64, valid validity, least uint64) []uint64 {
	for i := range words {
		if valid.at(i) {
			words[i] -= least
		} else {
			words[i] = 0
		}
	}
	return words
}

// orderOf turns each value into a word whose unsigned order is that of the
// values; nulls may be anything.
func orderOf(mem *wordScratch, col arrow.Array) []uint64 {
	if isText(col.DataType()) {
		return textOrder(mem, col)
	}
	words := mem.of(col.Len())
	switch col.DataType().ID() {
	case arrow.FLOAT64:
		floatOrders(words, values[float64](col))
		return words
	case arrow.FLOAT32:
		floatOrders(words, values[float32](col))
		return words
	}
	src, _ := wordsOf(col)
	src.read(words, 0)
	if col.DataType().ID() != arrow.UINT64 {
		for i, w := range words {
			words[i] = w ^ 1<<63
		}
	}
	return words
}

// floatOrders writes words whose unsigned order is that of the numbers, with
// -0 equal to 0 and NaN last: the bits of a negative number turned over, of
// others the sign alone.
func floatOrders[T float32 | float64](dst []uint64, src []T) {
	dst = dst[:len(src)]
	for i, v := range src {
		w := math.Float64bits(float64(v + 0))
		w ^= uint64(int64(w)>>63) | 1<<63
		if v != v {
			w = math.MaxUint64
		}
		dst[i] = w
	}
}

// textOrder returns the rank of each string among the distinct ones.
func textOrder(mem *wordScratch, col arrow.Array) []uint64 {
	table := newTextTable()
	words := mem.of(col.Len())
	valid := validityOf(col)
	if dict, ok := col.(*array.Dictionary); ok {
		if dict.Len() > 0 {
			numbers := table.addAll(dict.Dictionary())
			ranks := table.ranks()
			for i := range words {
				if valid.at(i) {
					words[i] = ranks[numbers[dict.GetValueIndex(i)]]
				}
			}
		}
		return words
	}
	numbers := table.addAll(col)
	ranks := table.ranks()
	for i, n := range numbers {
		if n != noCode {
			words[i] = ranks[n]
		}
	}
	return words
}

// ranks returns the place of each string in the order of their bytes.
func (t *textTable) ranks() []uint64 {
	order := make([]uint32, t.size())
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return bytes.Compare(t.at(a), t.at(b)) })
	ranks := make([]uint64, len(order))
	for rank, number := range order {
		ranks[number] = uint64(rank)
	}
	return ranks
}
