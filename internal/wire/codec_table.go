package wire

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// A pieceAt is where a piece lies in the payload of a table.
type pieceAt struct{ at, size int }

// A columnPlan is a column as its description has it.
type columnPlan struct {
	kind     layout
	typ      arrow.DataType
	n, lead  int
	valid    bool
	bitmap   pieceAt
	values   pieceAt // elements or offsets
	first    int     // the offset to subtract
	contents pieceAt
	children []*columnPlan // of a dictionary: its values
}

// tablePlanner reads the columns of one table.
type tablePlanner struct {
	*planner
	size int
}

func (p *planner) table() *plan {
	schema := p.schema()
	rows := p.number("rows", 1<<48)
	if p.err != nil {
		return nil
	}
	t := &tablePlanner{planner: p}
	cols := make([]*columnPlan, schema.NumFields())
	for i, f := range schema.Fields() {
		if err := columnTravels(f.Type, 0); err != nil {
			p.fail("column %q: %v", f.Name, err)
			return nil
		}
		cols[i] = t.column(f.Type)
		if p.err == nil && cols[i].n != rows {
			p.fail("column %q has %d rows, the table %d", f.Name, cols[i].n, rows)
		}
		if p.err != nil {
			return nil
		}
	}
	return p.leaf(&plan{size: t.size, build: func(from payload) (graph.Value, error) {
		v, err := buildTable(from, schema, cols, rows)
		if err != nil {
			return nil, fmt.Errorf("wire: %w: %w", ErrEncoding, err)
		}
		return v, nil
	}})
}

func (p *tablePlanner) column(t arrow.DataType) *columnPlan {
	c := &columnPlan{kind: layoutOf(t), typ: t, n: p.number("rows of a column", 1<<48)}
	if c.kind == layoutNull || c.n == 0 && !c.kind.hasChildren() {
		return c
	}
	c.lead = p.number("rows before the first", 7)
	c.valid = p.byte("nulls") != 0
	all := c.lead + c.n
	if c.valid {
		c.bitmap = p.piece((all + 7) / 8)
	}
	switch c.kind {
	case layoutFixed:
		c.values = p.piece(p.fixed(all, t))
	case layoutDictionary:
		d := t.(*arrow.DictionaryType)
		c.values = p.piece(p.fixed(all, d.IndexType))
		c.children = []*columnPlan{p.column(d.ValueType)}
	case layoutBinary, layoutLong, layoutList, layoutLongList:
		p.variable(c, all)
	case layoutFixedList:
		f := t.(*arrow.FixedSizeListType)
		p.child(c, f.ElemField(), p.product(all, int(f.Len())))
	case layoutStruct:
		for _, f := range t.(*arrow.StructType).Fields() {
			if p.child(c, f, all); p.err != nil {
				return c
			}
		}
	}
	return c
}

// child reads a column of so many rows below c.
func (p *tablePlanner) child(c *columnPlan, f arrow.Field, rows int) {
	child := p.column(f.Type)
	if c.children = append(c.children, child); child.n != rows && p.err == nil {
		p.fail("field %q has %d rows, want %d", f.Name, child.n, rows)
	}
}

// fixed returns the bytes of n elements of type t.
func (p *tablePlanner) fixed(n int, t arrow.DataType) int {
	width := t.(arrow.FixedWidthDataType).BitWidth()
	if width < 0 {
		p.fail("elements of %d bits", width)
		return 0
	}
	bits := p.product(n, width)
	return (bits + 7) / 8
}

func (p *tablePlanner) variable(c *columnPlan, all int) {
	if all > 0 {
		c.values = p.piece((all + 1) * c.kind.offsetSize())
	}
	c.first = p.number("first offset", 1<<48)
	if c.kind.hasChildren() {
		c.children = []*columnPlan{p.column(c.typ.(arrow.ListLikeType).Elem())}
		return
	}
	c.contents = p.piece(p.number("bytes of a column", 1<<48))
}

// piece places size bytes in the payload.
func (p *tablePlanner) piece(size int) pieceAt {
	if size == 0 || p.err != nil {
		return pieceAt{}
	}
	at := (p.size + alignment - 1) &^ (alignment - 1)
	if int64(size) > p.limit-int64(at) {
		p.err = fmt.Errorf("wire: a column of %d bytes does not fit the limit of %d: %w", size, p.limit, graph.ErrMemory)
		return pieceAt{}
	}
	p.size = at + size
	return pieceAt{at, size}
}

// buildTable makes a table over a payload.
func buildTable(from payload, schema *arrow.Schema, cols []*columnPlan, rows int) (graph.Value, error) {
	arrays := make([]arrow.Array, 0, len(cols))
	defer func() {
		for _, a := range arrays {
			a.Release()
		}
	}()
	for i, c := range cols {
		d, err := c.build(from)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", schema.Field(i).Name, err)
		}
		arrays = append(arrays, array.MakeFromData(d))
		d.Release()
	}
	return kernels.NewTable(schema, arrays, rows)
}
