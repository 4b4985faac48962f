package frame

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// ErrFrame is what every error about the building of a frame wraps.
var ErrFrame = errors.New("frame")

// Frame is a lazy table, cut into partitions. Its methods build new frames and
// run nothing. A mistake that can be seen while building (columns, types,
// files) stays in the frame that the faulty call returned and in all that is
// built from it; [Frame.Err] and every computation return it. Frames are
// immutable and safe for concurrent use.
type Frame struct {
	node node
	spec graph.Spec
	err  error
}

// A node is one way to make a table out of others.
type node interface {
	info() *base
	// lower adds the tasks that make partition i, and returns what to depend
	// on to have it.
	lower(l *lowering, i int) graph.Dep
	// narrow returns the node with no more columns than the named ones, or
	// itself; its own operands are narrowed too.
	narrow(need columns) node
	// describe says what the node does, for Explain.
	describe() string
}

// base is what all nodes have.
type base struct {
	schema     *arrow.Schema
	partitions int
	key        graph.Key // of the content: op, parameters, keys of the operands
	operands   []node
}

func (b *base) info() *base { return b }

// columns is a set of column names; nil is all.
type columns map[string]bool

func (c columns) has(name string) bool { return c == nil || c[name] }

func newBase(op string, s *arrow.Schema, partitions int, params []byte, operands ...node) base {
	parts := [][]byte{[]byte(s.Fingerprint()), params}
	for _, o := range operands {
		parts = append(parts, o.info().key.Hash[:])
	}
	return base{schema: s, partitions: partitions, key: graph.NewKey(op, parts...), operands: operands}
}

// derive returns the frame of a node that was made of f's.
func (f *Frame) derive(n node) *Frame { return &Frame{node: n, spec: f.spec} }

// Place returns f with all the work that it is made of, from its files on,
// restricted as s says: where, with which resources and priority, how often and
// how long. What is made of f inherits it; a join has that of its left side.
func (f *Frame) Place(s graph.Spec) *Frame {
	if f.err != nil {
		return f
	}
	return &Frame{node: f.node, spec: s}
}

// outputKey is the key of what n computes under f's placement.
func (f *Frame) outputKey(n node) graph.Key {
	k := n.info().key
	if f.spec.IsZero() {
		return k
	}
	return graph.NewKey(k.Name, k.Hash[:], []byte(f.spec.Fingerprint()))
}

// fail returns a frame that holds an error about the named operation, with the
// place of the caller outside this package.
func fail(op string, err error) *Frame {
	return &Frame{err: fmt.Errorf("%w: %s%s: %w", ErrFrame, op, caller(), err)}
}

// caller returns " (file:line)" of the nearest caller outside this package.
func caller() string {
	pc := make([]uintptr, 16)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		if !strings.Contains(f.Function, "/ashlar/frame.") || strings.HasSuffix(f.File, "_test.go") {
			return fmt.Sprintf(" (%s:%d)", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

// Err returns what was wrong in building the frame, or nil.
func (f *Frame) Err() error { return f.err }

// Schema returns the columns; nil if the frame holds an error.
func (f *Frame) Schema() *arrow.Schema {
	if f.err != nil {
		return nil
	}
	return f.node.info().schema
}

// Columns returns the names of the columns.
func (f *Frame) Columns() []string {
	if f.err != nil {
		return nil
	}
	return names(f.Schema())
}

func names(s *arrow.Schema) []string {
	out := make([]string, s.NumFields())
	for i, fd := range s.Fields() {
		out[i] = fd.Name
	}
	return out
}

// Partitions returns in how many parts the frame is computed.
func (f *Frame) Partitions() int {
	if f.err != nil {
		return 0
	}
	return f.node.info().partitions
}

// Key returns the content key: equal expressions have equal keys.
func (f *Frame) Key() graph.Key {
	if f.err != nil {
		return graph.Key{}
	}
	return f.node.info().key
}

// String shows the columns with their types, and the number of partitions.
func (f *Frame) String() string {
	if f.err != nil {
		return f.err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v in %s:", f.Key(), counted(f.Partitions(), "partition"))
	for _, fd := range f.Schema().Fields() {
		fmt.Fprintf(&b, " %s %v,", fd.Name, fd.Type)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// FromTables makes a frame of tables that the caller holds, one partition
// each. They have one schema. The frame borrows them: the caller keeps them
// until what is built from it has been computed.
func FromTables(tables ...*kernels.Table) *Frame {
	if len(tables) == 0 {
		return fail("from tables", errors.New("no table"))
	}
	s := tables[0].Schema()
	for i, t := range tables {
		if !t.Schema().Equal(s) {
			return fail("from tables", fmt.Errorf("table %d has columns %v, the first has %v", i, t.Schema(), s))
		}
	}
	n := &tableNode{tables: slices.Clone(tables)}
	n.base = newBase("tables", s, len(tables), nil)
	n.key = graph.RandomKey("tables")
	return &Frame{node: n}
}

// tableNode is tables of the caller.
type tableNode struct {
	base
	tables []*kernels.Table
}

func (n *tableNode) lower(l *lowering, i int) graph.Dep {
	n.tables[i].Retain()
	return l.literal(n.key.With(fmt.Sprintf("(%d)", i)), n.tables[i]).Whole()
}

func (n *tableNode) narrow(columns) node { return n }

func (n *tableNode) describe() string {
	rows := 0
	for _, t := range n.tables {
		rows += t.NumRows()
	}
	return "tables in memory, " + counted(rows, "row")
}
