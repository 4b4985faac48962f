package flight

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// A cutter makes parts of about a size of batches of rows of any size.
type cutter interface {
	// add takes in a record, which stays the caller's.
	add(rec arrow.Record) error
	// end makes a part of what is left, and one of no rows if there was nothing.
	end() error
	// note describes the parts that were made.
	note() *dataset.Note
	close()
}

// An emitter takes over a reference to a part.
type emitter func(graph.Value) error

// tables cuts a put of columns into the partitions of a frame.
type tables struct {
	schema  *arrow.Schema
	limit   int64
	mem     kernels.Allocator
	emit    emitter
	pending []*kernels.Table
	bytes   int64 // of pending
	rows    []int64
}

func (c *tables) add(rec arrow.Record) error {
	rows := int(rec.NumRows())
	for first := 0; first < rows; {
		room := c.limit - c.bytes
		if len(c.pending) > 0 && bytesOfRows(rec, first, 1) > room {
			if err := c.flush(); err != nil {
				return err
			}
			continue
		}
		n := rowsThatFit(rec, first, room)
		if err := c.take(rec, first, n); err != nil {
			return err
		}
		if first += n; c.bytes >= c.limit || first < rows {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// take adds n rows to what is pending. Of a part of a record, memory of its own
// is made at once or when it is joined with others: a slice would keep the whole.
func (c *tables) take(rec arrow.Record, first, n int) error {
	c.bytes += bytesOfRows(rec, first, n)
	t, err := kernels.NewTableFromRecord(rec)
	if err != nil {
		return err
	}
	defer t.Release()
	if n == t.NumRows() {
		t.Retain()
		c.pending = append(c.pending, t)
		return nil
	}
	piece, none := t.Slice(first, first+n), t.Slice(0, 0)
	defer piece.Release()
	defer none.Release()
	own, err := join(c.mem, piece, none)
	if err != nil {
		return err
	}
	c.pending = append(c.pending, own)
	return nil
}

func (c *tables) flush() error {
	t, err := join(c.mem, c.pending...)
	if err != nil {
		return err
	}
	c.close()
	c.bytes = 0
	c.rows = append(c.rows, int64(t.NumRows()))
	return c.emit(t)
}

func (c *tables) end() error {
	if len(c.pending) > 0 {
		return c.flush()
	}
	if len(c.rows) > 0 {
		return nil
	}
	cols := make([]arrow.Array, c.schema.NumFields())
	for i, f := range c.schema.Fields() {
		cols[i] = array.MakeArrayOfNull(c.mem, f.Type, 0)
		defer cols[i].Release()
	}
	t, err := kernels.NewTable(c.schema, cols, 0)
	if err != nil {
		return err
	}
	c.pending = append(c.pending, t)
	return c.flush()
}

func (c *tables) note() *dataset.Note { return dataset.Frame(c.schema, c.rows) }

func (c *tables) close() {
	for _, t := range c.pending {
		t.Release()
	}
	c.pending = nil
}

// join puts tables one after the other. Arrow's own function does it for types
// that no kernel has.
func join(mem kernels.Allocator, ts ...*kernels.Table) (*kernels.Table, error) {
	t, err := table.Concat(mem, ts...)
	if !errors.Is(err, table.ErrType) {
		return t, err
	}
	rows, s := 0, ts[0].Schema()
	for _, t := range ts {
		rows += t.NumRows()
	}
	cols := make([]arrow.Array, 0, s.NumFields())
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	for i, f := range s.Fields() {
		parts := make([]arrow.Array, len(ts))
		for k, t := range ts {
			parts[k] = t.Column(i)
		}
		col, err := array.Concatenate(parts, mem)
		if err != nil {
			return nil, fmt.Errorf("%w: column %q of %v: %w", kernels.ErrTable, f.Name, f.Type, err)
		}
		cols = append(cols, col)
	}
	return kernels.NewTable(s, cols, rows)
}

// blocks cuts a put of tensors into the blocks of an array, along its first axis.
type blocks struct {
	tensor  tensorType
	limit   int64
	mem     kernels.Allocator
	emit    emitter
	pending []*kernels.Block
	rows    int   // of pending
	chunks  []int // along the first axis
}

func (c *blocks) rowBytes() int64 { return max(1, int64(product(c.tensor.row)*c.tensor.dtype.Size())) }

func (c *blocks) add(rec arrow.Record) error {
	b, err := c.tensor.block(c.mem, rec.Column(0))
	if err != nil {
		return err
	}
	defer b.Release()
	most := int(max(1, c.limit/c.rowBytes()))
	for first, rows := 0, b.Shape()[0]; first < rows; {
		n := min(rows-first, most-c.rows)
		piece, err := rowsOf(b, first, n)
		if err != nil {
			return err
		}
		c.pending, c.rows = append(c.pending, piece), c.rows+n
		if first += n; c.rows == most || first < rows {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush makes a block of what is pending, in memory of its own: a record holds
// more than what is pending of it.
func (c *blocks) flush() error {
	out, err := kernels.NewBlock(c.mem, c.tensor.dtype, append([]int{c.rows}, c.tensor.row...)...)
	if err != nil {
		return err
	}
	at := whole(out.Shape())
	for _, p := range c.pending {
		n := p.Shape()[0]
		at.Count[0] = n
		if err := copyRows(out, at, p, 0, n); err != nil {
			out.Release()
			return err
		}
		at.Start[0] += n
	}
	c.close()
	c.chunks = append(c.chunks, c.rows)
	c.rows = 0
	return c.emit(out)
}

func (c *blocks) end() error {
	if c.rows == 0 && len(c.chunks) > 0 {
		return nil
	}
	return c.flush()
}

func (c *blocks) note() *dataset.Note {
	chunks := [][]int{c.chunks}
	for _, n := range c.tensor.row {
		chunks = append(chunks, []int{n})
	}
	return dataset.Array(c.tensor.dtype, chunks)
}

func (c *blocks) close() {
	for _, b := range c.pending {
		b.Release()
	}
	c.pending = nil
}

func product(xs []int) int {
	p := 1
	for _, x := range xs {
		p *= x
	}
	return p
}
