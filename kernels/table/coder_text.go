package table

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// textCoder numbers strings in order of first appearance. Its codes differ from
// the table's numbers only behind the code of nulls.
type textCoder struct {
	table *textTable
	words texts
	valid validity
	nulls nulls
}

func (c *textCoder) fixed() int { return 0 }
func (c *textCoder) size() int  { return c.table.size() + 1 }

// shifted makes room for the code of nulls among the numbers of the table.
func (c *textCoder) shifted(number uint32) uint32 {
	if number >= c.nulls.code && number != noCode {
		number++
	}
	return number
}

func (c *textCoder) add(codes []uint32, start int) {
	for i := range codes {
		if c.valid.at(start + i) {
			codes[i] = c.shifted(c.table.put(c.words.at(start + i)))
			continue
		}
		codes[i], _ = c.nulls.assign(uint32(c.table.size()))
	}
}

func (c *textCoder) finder(other arrow.Array) finder { return findText(c.table, c.shifted, other) }

// findText looks strings up in whatever representation they come.
func findText(table *textTable, code func(uint32) uint32, other arrow.Array) finder {
	valid := validityOf(other)
	if dict, ok := other.(*array.Dictionary); ok {
		var numbers []uint32
		if dict.Len() > 0 {
			numbers = table.findAll(dict.Dictionary())
		}
		index := indicesOf(dict)
		return func(codes []uint32, start int) {
			index(codes, start)
			for i, at := range codes {
				codes[i] = noCode
				if valid.at(start + i) {
					codes[i] = code(numbers[at])
				}
			}
		}
	}
	words := textsOf(other)
	return func(codes []uint32, start int) {
		for i := range codes {
			codes[i] = noCode
			if valid.at(start + i) {
				codes[i] = code(table.find(words.at(start + i)))
			}
		}
	}
}

// dictionaryCoder numbers the dictionary once and then only looks at indices.
type dictionaryCoder struct {
	table   *textTable
	numbers []uint32 // of the dictionary's entries, which may repeat
	index   func(dst []uint32, start int)
	valid   validity
	nulls   nulls
}

func newDictionaryCoder(dict *array.Dictionary, n nulls) *dictionaryCoder {
	c := &dictionaryCoder{table: newTextTable(), valid: validityOf(dict), index: indicesOf(dict), nulls: n}
	if dict.Len() > 0 {
		c.numbers = c.table.addAll(dict.Dictionary())
	}
	return c
}

func (c *dictionaryCoder) fixed() int { return c.table.size() + 1 }
func (c *dictionaryCoder) size() int  { return c.fixed() }

func (c *dictionaryCoder) add(codes []uint32, start int) {
	c.index(codes, start)
	if c.valid.all() {
		for i, at := range codes {
			codes[i] = c.numbers[at]
		}
		return
	}
	null, _ := c.nulls.assign(uint32(c.table.size()))
	for i, at := range codes {
		codes[i] = null
		if c.valid.at(start + i) {
			codes[i] = c.numbers[at]
		}
	}
}

func (c *dictionaryCoder) finder(other arrow.Array) finder {
	return findText(c.table, func(number uint32) uint32 { return number }, other)
}

// indicesOf reads the indices of a dictionary column; those of nulls may be
// anything.
func indicesOf(dict *array.Dictionary) func(dst []uint32, start int) {
	indices := dict.Indices()
	switch width, _ := fixedWidth(indices.DataType()); width {
	case 1:
		return narrowTo32(values[uint8](indices))
	case 2:
		return narrowTo32(values[uint16](indices))
	case 4:
		return narrowTo32(values[uint32](indices))
	default:
		return narrowTo32(values[uint64](indices))
	}
}

func narrowTo32[T uint8 | uint16 | uint32 | uint64](from []T) func([]uint32, int) {
	return func(dst []uint32, start int) {
		src := from[start : start+len(dst)]
		for i := range dst {
			dst[i] = uint32(src[i])
		}
	}
}
