package table

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// A coder turns the values of one key column into codes: equal values, equal
// codes. Nulls share one code, or have
// noCode if the coder is told to skip them.
type coder interface {
	// add writes the codes of rows start … of the coder's own column.
	add(codes []uint32, start int)
	// finder looks up the values of another column, which has the same class.
	finder(other arrow.Array) finder
	// fixed returns a bound that all codes will ever be below, 0 if there is
	// none; codes without one come in order of first appearance.
	fixed() int
	// size is how many codes there are so far, if there is no fixed bound.
	size() int
}

// A finder writes the codes of rows start … of its column, noCode for nulls and
// for values that the coder has not seen.
type finder func(codes []uint32, start int)

// keyClass says which key columns can be compared with one another.
func keyClass(t arrow.DataType) (string, bool) {
	switch t.ID() {
	case arrow.BOOL:
		return "bool", true
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32:
		return "integer", true
	case arrow.UINT64:
		return "uint64", true // half of them are no int64
	case arrow.FLOAT32, arrow.FLOAT64:
		return "float", true
	case arrow.DATE32, arrow.DATE64, arrow.TIME32, arrow.TIME64, arrow.TIMESTAMP, arrow.DURATION:
		return t.String(), true
	}
	if isText(t) {
		return "string", true
	}
	return "", false
}

// newCoder makes the coder of a key column; its class is known to be one.
func newCoder(col arrow.Array, skipNulls bool) coder {
	n := nulls{code: noCode, skip: skipNulls}
	if dict, ok := col.(*array.Dictionary); ok {
		return newDictionaryCoder(dict, n)
	}
	if isText(col.DataType()) {
		return &textCoder{table: newTextTable(), words: textsOf(col), valid: validityOf(col), nulls: n}
	}
	src, ok := wordsOf(col)
	if !ok {
		panic(fmt.Sprintf("table: no coder of %v", col.DataType()))
	}
	if src.ranged() {
		least, most, any := src.bounds()
		if span := uint64(most) - uint64(least); !any || span < uint64(directLimit(src.rows)) {
			return newDirectCoder(src, least, most, any, n)
		}
	}
	return &hashCoder{src: src, nulls: n}
}

// directLimit is how many slots may be addressed directly for so many rows.
func directLimit(rows int) int { return min(max(1<<16, 4*rows), 1<<27) }

// nulls gives nulls their code.
type nulls struct {
	code uint32 // noCode until there is one
	skip bool
}

// assign returns the code of a null, which becomes next if it has none yet;
// isNew says so.
func (n *nulls) assign(next uint32) (code uint32, isNew bool) {
	if n.skip || n.code != noCode {
		return n.code, false
	}
	n.code = next
	return next, true
}

// directCoder addresses integers by their distance from the least.
type directCoder struct {
	src   wordSource
	least uint64
	span  uint64 // values are below least+span; span is the code of nulls
	nulls nulls
}

func newDirectCoder(src wordSource, least, most int64, any bool, n nulls) *directCoder {
	c := &directCoder{src: src, nulls: n}
	if any {
		c.least, c.span = uint64(least), uint64(most)-uint64(least)+1
	}
	return c
}

func (c *directCoder) fixed() int { return int(c.span) + 1 }
func (c *directCoder) size() int  { return c.fixed() }

func (c *directCoder) add(codes []uint32, start int) {
	var batch [batchSize]uint64
	words := batch[:len(codes)]
	c.src.read(words, start)
	if c.src.valid.all() {
		for i, w := range words {
			codes[i] = uint32(w - c.least)
		}
		return
	}
	null, _ := c.nulls.assign(uint32(c.span))
	for i, w := range words {
		codes[i] = null
		if c.src.valid.at(start + i) {
			codes[i] = uint32(w - c.least)
		}
	}
}

func (c *directCoder) finder(other arrow.Array) finder {
	src, _ := wordsOf(other)
	return func(codes []uint32, start int) {
		batch := batches.Get().(*[batchSize]uint64)
		defer batches.Put(batch)
		words := batch[:len(codes)]
		src.read(words, start)
		for i, w := range words {
			codes[i] = noCode
			if at := w - c.least; at < c.span && src.valid.at(start+i) {
				codes[i] = uint32(at)
			}
		}
	}
}

// hashCoder numbers words in order of first appearance.
type hashCoder struct {
	src   wordSource
	table wordTable
	next  uint32
	nulls nulls
}

func (c *hashCoder) fixed() int { return 0 }
func (c *hashCoder) size() int  { return int(c.next) }

func (c *hashCoder) add(codes []uint32, start int) {
	var batch [batchSize]uint64
	words := batch[:len(codes)]
	c.src.read(words, start)
	c.table.reserve(len(words))
	next := c.next
	for i, w := range words {
		if !c.src.valid.at(start + i) {
			code, isNew := c.nulls.assign(next)
			if codes[i] = code; isNew {
				next++
			}
			continue
		}
		code := c.table.put(w, next)
		codes[i] = code
		if code == next {
			next++
		}
	}
	c.next = next
}

func (c *hashCoder) finder(other arrow.Array) finder {
	src, _ := wordsOf(other)
	return func(codes []uint32, start int) {
		batch := batches.Get().(*[batchSize]uint64)
		defer batches.Put(batch)
		words := batch[:len(codes)]
		src.read(words, start)
		for i, w := range words {
			codes[i] = noCode
			if src.valid.at(start + i) {
				codes[i] = c.table.find(w)
			}
		}
	}
}
