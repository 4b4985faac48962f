package wire

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// build returns the data of the column over the payload, checked: kernels rely
// on offsets that ascend and indices that are inside. The caller releases it.
func (c *columnPlan) build(from payload) (d *array.Data, err error) {
	if c.kind == layoutNull {
		return array.NewData(c.typ, c.n, []*memory.Buffer{nil}, nil, c.n, 0), nil
	}
	children, release, err := c.buildChildren(from)
	defer release()
	if err == nil && c.typ.ID() == arrow.MAP {
		err = c.checkEntries()
	}
	if err != nil {
		return nil, err
	}
	nulls := 0
	buffers := []*memory.Buffer{nil}
	defer func() { memory.ReleaseBuffers(buffers) }()
	if c.valid {
		nulls = array.UnknownNullCount
		if buffers[0], err = from.slice(c.bitmap.at, c.bitmap.size); err != nil {
			return nil, err
		}
	}
	more, err := c.contentsOf(from)
	buffers = append(buffers, more...)
	if err != nil {
		return nil, err
	}
	if c.kind == layoutDictionary {
		if err := c.checkIndices(buffers[1].Bytes(), buffers[0]); err != nil {
			return nil, err
		}
		return array.NewDataWithDictionary(c.typ, c.n, buffers, nulls, c.lead, children[0].(*array.Data)), nil
	}
	return array.NewData(c.typ, c.n, buffers, children, nulls, c.lead), nil
}

// contentsOf returns the buffers behind the bitmap.
func (c *columnPlan) contentsOf(from payload) (bs []*memory.Buffer, err error) {
	switch c.kind {
	case layoutFixed, layoutDictionary:
		b, err := from.slice(c.values.at, c.values.size)
		return append(bs, b), err
	case layoutBinary, layoutLong, layoutList, layoutLongList:
		offsets, err := from.slice(c.values.at, c.values.size)
		if err == nil && c.first != 0 {
			offsets, err = from.own(offsets)
		}
		if err != nil {
			return nil, err
		}
		bs = append(bs, offsets)
		end := c.contents.size
		if c.kind.hasChildren() {
			end = c.children[0].n
		} else {
			b, err := from.slice(c.contents.at, c.contents.size)
			if err != nil {
				return bs, err
			}
			bs = append(bs, b)
		}
		return bs, c.rebase(offsets.Bytes(), end)
	}
	return nil, nil
}

func (c *columnPlan) buildChildren(from payload) (ds []arrow.ArrayData, release func(), err error) {
	release = func() {
		for _, d := range ds {
			d.Release()
		}
	}
	for _, child := range c.children {
		d, err := child.build(from)
		if err != nil {
			return ds, release, err
		}
		ds = append(ds, d)
	}
	return ds, release, nil
}

// rebase makes the offsets count from 0 and checks that they ascend to end. If
// they count from 0 already, nothing is written.
func (c *columnPlan) rebase(raw []byte, end int) error {
	if c.kind.offsetSize() == 8 {
		return rebase(words[int64](raw), int64(c.first), int64(end))
	}
	return rebase(words[int32](raw), int64(c.first), int64(end))
}

func rebase[T int32 | int64](offsets []T, first, end int64) error {
	last := int64(0)
	for i, o := range offsets {
		x := int64(o) - first
		if x < last || i == 0 && x != 0 {
			return fmt.Errorf("offset %d is %d after %d", i, x, last)
		}
		if last = x; first != 0 {
			offsets[i] = T(x)
		}
	}
	if last != end {
		return fmt.Errorf("offsets end at %d of %d", last, end)
	}
	return nil
}

// checkEntries checks what Arrow panics over.
func (c *columnPlan) checkEntries() error {
	if entries := c.children[0]; entries.valid || entries.children[0].valid || entries.children[0].kind == layoutNull && entries.n > 0 {
		return fmt.Errorf("a map with null keys")
	}
	return nil
}

// checkIndices checks that what is not null points into the dictionary.
func (c *columnPlan) checkIndices(raw []byte, bitmap *memory.Buffer) error {
	if c.n == 0 {
		return nil
	}
	inside := func(i int) bool { return bitmap == nil || bitutil.BitIsSet(bitmap.Bytes(), i) }
	n := uint64(c.children[0].n)
	switch c.typ.(*arrow.DictionaryType).IndexType.ID() {
	case arrow.INT8:
		return checkIndices(words[int8](raw)[:c.lead+c.n], c.lead, n, inside)
	case arrow.UINT8:
		return checkIndices(words[uint8](raw)[:c.lead+c.n], c.lead, n, inside)
	case arrow.INT16:
		return checkIndices(words[int16](raw)[:c.lead+c.n], c.lead, n, inside)
	case arrow.UINT16:
		return checkIndices(words[uint16](raw)[:c.lead+c.n], c.lead, n, inside)
	case arrow.INT32:
		return checkIndices(words[int32](raw)[:c.lead+c.n], c.lead, n, inside)
	case arrow.UINT32:
		return checkIndices(words[uint32](raw)[:c.lead+c.n], c.lead, n, inside)
	case arrow.INT64:
		return checkIndices(words[int64](raw)[:c.lead+c.n], c.lead, n, inside)
	case arrow.UINT64:
		return checkIndices(words[uint64](raw)[:c.lead+c.n], c.lead, n, inside)
	}
	return fmt.Errorf("indices of type %v", c.typ)
}

func checkIndices[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](xs []T, lead int, n uint64, valid func(int) bool) error {
	for i := lead; i < len(xs); i++ {
		if uint64(xs[i]) >= n && valid(i) { // a negative index is a huge one
			return fmt.Errorf("index %d is %d, the dictionary has %d values", i, xs[i], n)
		}
	}
	return nil
}
