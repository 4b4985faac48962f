package source

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetNode is a column that may hold others: a leaf, a struct, a list or a
// map.
//
// Files have the values of a leaf one after the other, each with two levels
// (Dremel). An entry of definition level d has all nodes on its way that are of
// level d at most; where d is less than the most, it stands for a null or for
// an empty list. One of repetition level r continues the list of level r: of 0
// it starts a row.
type parquetNode struct {
	name     string
	arrow    arrow.DataType
	optional bool
	def      int // level from which on it is not null
	leaf     *parquetLeaf
	list     *parquetList
	children []*parquetNode // of a struct
}

// parquetList is what a list, or a map, adds: its elements are there from a
// definition level on, and have a repetition level.
type parquetList struct {
	def, rep int
	element  *parquetNode
}

// maxNesting bounds how deep columns may be.
const maxNesting = 32

// newParquetNode describes a column, or says why it cannot be read.
func newParquetNode(c *parquet.Column, depth int) (n *parquetNode, refused string) {
	if depth > maxNesting {
		return nil, "a column nested too deep"
	}
	n = &parquetNode{name: c.Name(), optional: c.Optional(), def: c.MaxDefinitionLevel()}
	switch {
	case c.Repeated(): // a list without the usual frame: neither it nor an element is null
		return bareList(c, depth)
	case c.Leaf():
		leaf, refused := newParquetLeaf(c)
		n.leaf, n.arrow = &leaf, leaf.arrow
		return n, refused
	case isList(c) && len(c.Columns()) == 1 && c.Columns()[0].Repeated():
		return framedList(n, c.Columns()[0], depth)
	}
	return structOf(n, c, depth)
}

func isList(c *parquet.Column) bool {
	if l := c.Type().LogicalType(); l != nil {
		switch l.Value.(type) {
		case *format.ListType, *format.MapType:
			return true
		}
	}
	return false
}

func bareList(c *parquet.Column, depth int) (*parquetNode, string) {
	element, refused := element(c, depth)
	if refused != "" {
		return nil, refused
	}
	n := &parquetNode{name: c.Name(), def: c.MaxDefinitionLevel() - 1}
	n.list = &parquetList{c.MaxDefinitionLevel(), c.MaxRepetitionLevel(), element}
	n.arrow = listType(element)
	return n, ""
}

// element is what a repeated column holds: itself, once.
func element(c *parquet.Column, depth int) (*parquetNode, string) {
	n := &parquetNode{name: c.Name(), def: c.MaxDefinitionLevel()}
	if c.Leaf() {
		leaf, refused := newParquetLeaf(c)
		n.leaf, n.arrow = &leaf, leaf.arrow
		return n, refused
	}
	return structOf(n, c, depth)
}

func listType(element *parquetNode) arrow.DataType {
	return arrow.ListOfField(arrow.Field{Name: "element", Type: element.arrow, Nullable: element.optional})
}

// framedList is a list or a map: a group of one repeated column. That is the
// frame of elements, except in old files, where it may be the element.
func framedList(n *parquetNode, repeated *parquet.Column, depth int) (*parquetNode, string) {
	var inner *parquetNode
	var refused string
	if parts := repeated.Columns(); len(parts) == 1 && repeated.Name() != "array" && repeated.Name() != n.name+"_tuple" {
		inner, refused = newParquetNode(parts[0], depth+1)
	} else {
		inner, refused = element(repeated, depth+1)
	}
	if refused != "" {
		return nil, refused
	}
	n.list = &parquetList{repeated.MaxDefinitionLevel(), repeated.MaxRepetitionLevel(), inner}
	n.arrow = listType(inner)
	return n, ""
}

func structOf(n *parquetNode, c *parquet.Column, depth int) (*parquetNode, string) {
	var fields []arrow.Field
	for _, child := range c.Columns() {
		k, refused := newParquetNode(child, depth+1)
		if refused != "" {
			return nil, refused
		}
		n.children = append(n.children, k)
		fields = append(fields, arrow.Field{Name: k.name, Type: k.arrow, Nullable: k.optional})
	}
	if len(fields) == 0 {
		return nil, fmt.Sprintf("a group without columns (%s)", c.Name())
	}
	n.arrow = arrow.StructOf(fields...)
	return n, ""
}

// first returns the first leaf of a column: its levels tell about all that is
// above it.
func (n *parquetNode) first() *parquetLeaf {
	for {
		switch {
		case n.leaf != nil:
			return n.leaf
		case n.list != nil:
			n = n.list.element
		default:
			n = n.children[0]
		}
	}
}
