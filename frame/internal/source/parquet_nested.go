package source

import (
	"errors"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// nestedReader reads a column that holds others, in one row group.
type nestedReader struct {
	file   *Parquet
	mem    memory.Allocator
	group  int
	levels map[*parquetLeaf]*leafLevels
}

// leafLevels are the levels of a leaf, entry by entry, and its column.
type leafLevels struct {
	def, rep []byte
	column   arrow.Array
}

// scope is what a node is repeated in: an entry is a slot of the node if its
// repetition level is at most rep and its definition level at least def.
type scope struct{ rep, def int }

func (s scope) has(l *leafLevels, i int) bool {
	return int(l.rep[i]) <= s.rep && int(l.def[i]) >= s.def
}

func (p *Parquet) readNested(mem memory.Allocator, n *parquetNode, group, rows int) (arrow.Array, error) {
	r := &nestedReader{file: p, mem: mem, group: group, levels: map[*parquetLeaf]*leafLevels{}}
	defer r.release()
	if err := r.readLeaves(n, scope{}); err != nil {
		return nil, err
	}
	a, err := r.build(n, scope{})
	if err == nil && a.Len() != rows {
		a.Release()
		err = p.wrap(errors.New("a nested column has other rows than its row group"))
	}
	return a, err
}

func (r *nestedReader) release() {
	for _, l := range r.levels {
		if l.column != nil {
			l.column.Release()
		}
	}
}

func (r *nestedReader) readLeaves(n *parquetNode, in scope) error {
	switch {
	case n.leaf != nil:
		return r.readLeaf(n.leaf, in)
	case n.list != nil:
		return r.readLeaves(n.list.element, scope{n.list.rep, n.list.def})
	}
	for _, c := range n.children {
		if err := r.readLeaves(c, in); err != nil {
			return err
		}
	}
	return nil
}

func (r *nestedReader) readLeaf(c *parquetLeaf, in scope) error {
	l := &leafLevels{}
	r.levels[c] = l
	s := newLeafSink(r.mem, c)
	defer s.release()
	values := r.file.pq.Metadata().RowGroups[r.group].Columns[c.leaf].MetaData.NumValues
	if values < 0 || values > maxRows {
		return r.file.wrap(errors.New("a chunk of so many values"))
	}
	err := r.file.readLeaf(s, c, r.group, int(values), func(p *page) (presence, int, error) { return l.take(p, c, in) })
	if err != nil {
		return err
	}
	l.column, err = s.finish()
	return err
}

var errFirstLevel = errors.New("the first value continues a list that did not begin")

// take keeps the levels of a page. It returns which of the slots have a value.
func (l *leafLevels) take(p *page, c *parquetLeaf, in scope) (there presence, slots int, err error) {
	start := len(l.def)
	l.def, l.rep = extend(l.def, p.def, c.maxDef, p.values), extend(l.rep, p.rep, c.maxRep, p.values)
	if start == 0 && l.rep[0] != 0 {
		return nil, 0, errFirstLevel
	}
	if p.def == nil {
		return nil, p.values, nil // all have a value, so that all are slots
	}
	there = noPresence(p.values, nil)
	for _, d := range l.def[start:] {
		if int(d) >= in.def {
			if int(d) == c.maxDef {
				there.set(slots, 1)
			}
			slots++
		}
	}
	return there[:(slots+63)/64], slots, nil
}

// extend appends levels, or n of the most if there are none.
func extend(all, levels []byte, most, n int) []byte {
	if levels != nil {
		return append(all, levels...)
	}
	for range n {
		all = append(all, byte(most))
	}
	return all
}

// build makes the column of a node from the levels of its first leaf.
func (r *nestedReader) build(n *parquetNode, in scope) (arrow.Array, error) {
	switch {
	case n.leaf != nil:
		a := r.levels[n.leaf].column
		a.Retain()
		return a, nil
	case n.list != nil:
		return r.buildList(n, in)
	}
	return r.buildStruct(n, in)
}

func (r *nestedReader) buildStruct(n *parquetNode, in scope) (arrow.Array, error) {
	v, _, err := r.slots(n, in, nil)
	defer v.release()
	if err != nil {
		return nil, err
	}
	children := make([]arrow.ArrayData, len(n.children))
	for i, c := range n.children {
		a, err := r.build(c, in)
		if err != nil {
			return nil, err
		}
		defer a.Release()
		if a.Len() != v.at {
			return nil, r.file.wrap(errors.New("columns of a struct are of different lengths"))
		}
		children[i] = a.Data()
	}
	return finished(n.arrow, v.at, v.nulls, []*memory.Buffer{v.valid}, nil, children...), nil
}

func (r *nestedReader) buildList(n *parquetNode, in scope) (arrow.Array, error) {
	inner := scope{n.list.rep, n.list.def}
	v, ends, err := r.slots(n, in, &inner)
	defer v.release()
	if err != nil {
		return nil, err
	}
	element, err := r.build(n.list.element, inner)
	if err != nil {
		return nil, err
	}
	defer element.Release()
	offsets, err := allocate(r.mem, 4*len(ends), 4*len(ends))
	if err != nil {
		return nil, err
	}
	defer offsets.Release()
	copy(valuesOf[int32](offsets), ends)
	if int(ends[len(ends)-1]) != element.Len() {
		return nil, r.file.wrap(errors.New("lists hold other elements than their column has"))
	}
	return finished(n.arrow, v.at, v.nulls, []*memory.Buffer{v.valid, offsets}, nil, element.Data()), nil
}

// slots finds the slots of a node and which are null; with an inner scope, also
// where its slots end in each.
func (r *nestedReader) slots(n *parquetNode, in scope, inner *scope) (v *validity, ends []int32, err error) {
	l := r.levels[n.first()]
	v = &validity{mem: r.mem, dt: n.arrow, room: len(l.def)}
	if len(l.def) > math.MaxInt32 {
		return v, nil, r.file.wrap(errTextSize)
	}
	ends = append(ends, 0)
	count := int32(0)
	for i, d := range l.def {
		if in.has(l, i) {
			if v.at++; v.at > 1 {
				ends = append(ends, count)
			}
			if n.optional && int(d) < n.def {
				if err := v.null(v.at - 1); err != nil {
					return v, nil, err
				}
			}
		}
		if inner != nil && inner.has(l, i) {
			count++
		}
	}
	if v.at > 0 {
		ends = append(ends, count)
	}
	return v, ends, nil
}
