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

func (x *textIndex) lookup(cols []arrow.Array) finder { return x.finderOf(cols[0], x.table.find) }

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

// findEntries asks for the number of each entry that the rows have, once, unless
// there are many more entries than rows.
func findEntries(dict *array.Dictionary, valid validity, number func([]byte) uint32) finder {
	index, words := indicesOf(dict), textsOf(dict.Dictionary())
	var known []uint64 // the number of each entry, plus one
	if entries := dict.Dictionary().Len(); entries <= 4*dict.Len() {
		known = make([]uint64, entries)
	}
	return func(ids []uint32, start int) {
		index(ids, start)
		for i, at := range ids {
			switch {
			case !valid.at(start + i):
				ids[i] = noCode
			case known == nil:
				ids[i] = number(words.at(int(at)))
			default:
				if known[at] == 0 {
					known[at] = uint64(number(words.at(int(at)))) + 1
				}
				ids[i] = uint32(known[at] - 1)
			}
		}
	}
}
