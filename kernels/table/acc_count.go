package table

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// count counts the rows that are not null.
type count struct {
	valid  validity
	counts vector[int64]
}

// newCount counts the values of col, or all rows if it is nil.
func newCount(mem memory.Allocator, col arrow.Array) accumulator {
	c := &count{counts: newVector[int64](mem)}
	if col != nil {
		c.valid = validityOf(col)
	}
	return c
}

func (c *count) grow(groups int) { c.counts.grow(groups) }

func (c *count) update(ids []uint32, start int) error {
	counts := c.counts.data
	if c.valid.all() {
		for _, id := range ids {
			counts[id]++
		}
		return nil
	}
	for i, id := range ids {
		if c.valid.at(start + i) {
			counts[id]++
		}
	}
	return nil
}

func (c *count) finish(int) ([]arrow.Array, error) {
	n := len(c.counts.data)
	return []arrow.Array{newArray(arrow.PrimitiveTypes.Int64, n, 0, nil, c.counts.finish())}, nil
}

func (c *count) release() { c.counts.release() }
