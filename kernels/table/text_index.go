package table

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// textIndex numbers the strings of one column in order of first appearance.
type textIndex struct{ table *textTable }

// newTextIndex numbers the strings of a column and writes the number of each
// row, noCode for nulls.
func newTextIndex(col arrow.Array, ids []uint32) *textIndex {
	x := &textIndex{newTextTable()}
	x.finderOf(col, x.table.put)(ids, 0)
	return x
}

func (x *textIndex) size() int { return x.table.size() }
func (x *textIndex) release()  {}

func (x *textIndex) lookup(cols []arrow.Array) finder {
	dict, ok := cols[0].(*array.Dictionary)
	if !ok || dict.Len() == 0 || dict.Dictionary().Len() > dict.Len() {
		return x.finderOf(cols[0], x.table.find)
	}
	return findCodes(dict, x.table.findAll(dict.Dictionary()))
}

// findCodes looks the numbers of a dictionary's entries up by the codes of rows.
func findCodes(dict *array.Dictionary, numbers []uint32) finder {
	slots := append(numbers, noCode) // the last is of what is beyond, beneath a null
	for i := range slots {
		slots[i]++
	}
	index, valid := indicesOf(dict), validityOf(dict)
	codes := dict.Indices()
	return func(ids []uint32, start int) {
		if codes.DataType().ID() == arrow.INT32 {
			findSlots(ids, values[int32](codes)[start:start+len(ids)], 0, slots)
		} else {
			index(ids, start)
			last := uint32(len(slots) - 1)
			for i, at := range ids {
				ids[i] = slots[min(at, last)] - 1
			}
		}
		valid.eachNull(start, len(ids), func(i int) { ids[i] = noCode })
	}
}

func (x *textIndex) finderOf(col arrow.Array, number func([]byte) uint32) finder {
	valid := validityOf(col)
	dict, ok := col.(*array.Dictionary)
	if !ok {
		words := textsOf(col)
		return func(ids []uint32, start int) {
			for i := range ids {
				ids[i] = noCode
				if valid.at(start + i) {
					ids[i] = number(words.at(start + i))
				}
			}
		}
	}
	if dict.Len() == 0 {
		return func([]uint32, int) {}
	}
	return findEntries(dict, valid, number)
}

// findEntries asks for the number of the entry of each row.
func findEntries(dict *array.Dictionary, valid validity, number func([]byte) uint32) finder {
	index, words, entries := indicesOf(dict), textsOf(dict.Dictionary()), dict.Dictionary()
	return func(ids []uint32, start int) {
		index(ids, start)
		for i, at := range ids {
			ids[i] = noCode
			if valid.at(start+i) && int(at) < entries.Len() {
				ids[i] = number(words.at(int(at)))
			}
		}
	}
}
