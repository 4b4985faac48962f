package table

import (
	"unsafe"

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
		base := unsafe.SliceData(counts)
		for _, id := range ids {
			*at(base, id)++
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

// A sharedCount is one count for several aggregates that count the same: the first
// of them counts, and the others have its result.
type sharedCount struct {
	count accumulator
	first bool
	made  *arrow.Array // by the first
}

func (c *sharedCount) grow(groups int) {
	if c.first {
		c.count.grow(groups)
	}
}

func (c *sharedCount) update(ids []uint32, start int) error {
	if c.first {
		return c.count.update(ids, start)
	}
	return nil
}

func (c *sharedCount) finish(groups int) ([]arrow.Array, error) {
	if !c.first {
		(*c.made).Retain()
		return []arrow.Array{*c.made}, nil
	}
	made, err := c.count.finish(groups)
	if err == nil {
		*c.made = made[0]
	}
	return made, err
}

func (c *sharedCount) release() {
	if c.first {
		c.count.release()
	}
}

// shareCounts makes one of all counts that count every row.
func shareCounts(accs []accumulator) {
	var made *arrow.Array
	var visit func(accs []accumulator)
	visit = func(accs []accumulator) {
		for i, acc := range accs {
			switch acc := acc.(type) {
			case *several:
				visit(*acc)
			case *count:
				if !acc.valid.all() {
					continue
				}
				first := made == nil
				if first {
					made = new(arrow.Array)
				}
				accs[i] = &sharedCount{acc, first, made}
			}
		}
	}
	visit(accs)
}
