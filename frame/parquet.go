package frame

import (
	"encoding/binary"
	"fmt"
	"io/fs"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/graph"
)

// RegisterFS makes the files of fsys readable as scheme://name, as for data
// that is embedded in the program. Call it from a package variable or init:
// every worker, being the same program, must have it too.
func RegisterFS(scheme string, fsys fs.FS) { source.RegisterFS(scheme, fsys) }

// parquetScan reads row groups of Parquet files, one a partition.
type parquetScan struct {
	base
	pieces  []parquetPiece
	columns []string
	opts    source.ParquetOptions
}

// A parquetPiece is one row group.
type parquetPiece struct {
	path  string
	group int
	rows  int64
	bytes int64 // of all columns, uncompressed
}

// ReadParquet reads the files that the patterns name: paths, globs, or
// scheme://name for what [RegisterFS] knows. Each row group is a partition. Only
// the footers are read now; they must agree in their columns. String columns
// keep the dictionary they are stored with.
func ReadParquet(patterns ...string) *Frame {
	n := &parquetScan{opts: source.ParquetOptions{Dictionary: true}}
	var schema *arrow.Schema
	var first string
	for _, pattern := range patterns {
		paths, err := source.Glob(pattern)
		if err != nil {
			return fail("read parquet", err)
		}
		for _, path := range paths {
			s, err := n.addFile(path)
			if err != nil {
				return fail("read parquet", err)
			}
			if schema == nil {
				schema, first = s, path
			} else if !schema.Equal(s) {
				return fail("read parquet", fmt.Errorf("%s has columns %v; %s has %v", path, s, first, schema))
			}
		}
	}
	if schema == nil {
		return fail("read parquet", fmt.Errorf("no file: give at least one path"))
	}
	n.columns = names(schema)
	n.base = newBase("parquet", schema, len(n.pieces), n.params())
	return &Frame{node: n}
}

func (n *parquetScan) addFile(path string) (*arrow.Schema, error) {
	f, err := source.OpenParquet(path, n.opts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for i, g := range f.RowGroups() {
		n.pieces = append(n.pieces, parquetPiece{path, i, g.Rows, g.Bytes})
	}
	return f.Schema(), nil
}

func (n *parquetScan) params() []byte {
	b := appendStrings(nil, n.columns)
	for _, p := range n.pieces {
		b = appendString(b, p.path)
		b = binary.AppendUvarint(b, uint64(p.group))
	}
	return b
}

// scan encodes the source of a partition: file, row group, columns.
func (n *parquetScan) scan(i int) ([]byte, graph.Cost) {
	p := n.pieces[i]
	b := appendString([]byte{sourceParquet}, p.path)
	b = binary.AppendUvarint(b, uint64(p.group))
	b = appendBool(b, n.opts.Dictionary)
	b = appendStrings(b, n.columns)
	return b, graph.Cost{Bytes: p.bytes, Output: p.bytes}
}

func (n *parquetScan) lower(l *lowering, i int) graph.Dep {
	attr, cost := n.scan(i)
	class := graph.Class{Op: opPipeline, Label: "frame.parquet", Spec: n.spec, Cost: cost}
	return l.b.Add(class, appendSteps(attr, nil)).Whole()
}

// narrow reads only the columns that are needed; one at least, because rows
// are counted by it.
func (n *parquetScan) narrow(need columns) node {
	if need == nil {
		return n
	}
	var fields []arrow.Field
	m := *n
	m.columns = nil
	for _, f := range n.schema.Fields() {
		if need.has(f.Name) {
			fields = append(fields, f)
			m.columns = append(m.columns, f.Name)
		}
	}
	if len(fields) == 0 {
		fields = n.schema.Fields()[:1]
		m.columns = []string{fields[0].Name}
	}
	all := int64(n.schema.NumFields())
	m.pieces = append([]parquetPiece{}, n.pieces...)
	for i := range m.pieces {
		m.pieces[i].bytes = m.pieces[i].bytes * int64(len(fields)) / all
	}
	m.base = newBase("parquet", arrow.NewSchema(fields, nil), n.partitions, m.params())
	m.spec = n.spec
	return &m
}

func (n *parquetScan) describe() string {
	var rows int64
	for _, p := range n.pieces {
		rows += p.rows
	}
	path := "nothing"
	if len(n.pieces) > 0 {
		path = n.pieces[0].path
	}
	return fmt.Sprintf("parquet %s: %d row groups, %d rows, columns %s", path, len(n.pieces), rows, quoted(n.columns))
}
