package frame

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"

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
	all     int // how many row groups there are, with those that were pruned
	columns []string
	opts    source.ParquetOptions
}

// A parquetPiece is one row group.
type parquetPiece struct {
	path  string
	file  *source.Parquet // closed; for its statistics
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
	if len(n.pieces) == 0 {
		return &Frame{node: newEmpty(schema, "parquet "+first+": no row group")}
	}
	n.all = len(n.pieces)
	return &Frame{node: n.over(schema, n.pieces)}
}

func (n *parquetScan) addFile(path string) (*arrow.Schema, error) {
	f, err := source.OpenParquet(path, n.opts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for i, g := range f.RowGroups() {
		n.pieces = append(n.pieces, parquetPiece{path, f, i, g.Rows, g.Bytes})
	}
	return f.Schema(), nil
}

func (n *parquetScan) params() []byte {
	b := appendStrings(nil, n.columns)
	for _, p := range n.pieces {
		b = appendString(appendString(b, p.path), p.file.Version())
		b = binary.AppendUvarint(b, uint64(p.group))
	}
	return b
}

// origin says what partition i reads.
func (n *parquetScan) origin(i int) *parquetOrigin {
	return &parquetOrigin{n.pieces[i].path, n.pieces[i].group, n.opts.Dictionary, n.columns}
}

func (n *parquetScan) scan(i int) ([]byte, graph.Cost) {
	size := n.pieces[i].bytes
	return n.origin(i).append(nil), graph.Cost{Bytes: size, Output: size}
}

func (n *parquetScan) lower(l *lowering, i int) graph.Dep {
	attr, cost := n.scan(i)
	class := graph.Class{Op: opPipeline, Label: "frame.parquet", Spec: l.spec, Cost: cost}
	return l.b.Add(class, appendSteps(attr, nil)).Whole()
}

// over returns the scan of some columns and pieces.
func (n *parquetScan) over(s *arrow.Schema, pieces []parquetPiece) *parquetScan {
	m := *n
	m.pieces, m.columns = pieces, names(s)
	m.base = newBase("parquet", s, len(pieces), m.params())
	return &m
}

// narrow reads only the columns that are needed; one at least, because rows
// are counted by it.
func (n *parquetScan) narrow(need columns) node {
	s := narrowed(n.schema, need)
	pieces := slices.Clone(n.pieces)
	for i := range pieces {
		pieces[i].bytes = pieces[i].bytes * int64(s.NumFields()) / int64(max(1, n.schema.NumFields()))
	}
	return n.over(s, pieces)
}

// narrowed returns the needed fields of a scan, and the first if none is.
func narrowed(s *arrow.Schema, need columns) *arrow.Schema {
	var fields []arrow.Field
	for _, f := range s.Fields() {
		if need.has(f.Name) {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		fields = s.Fields()[:min(1, s.NumFields())]
	}
	return arrow.NewSchema(fields, nil)
}

func (n *parquetScan) describe() string {
	var rows int64
	for _, p := range n.pieces {
		rows += p.rows
	}
	groups := fmt.Sprint(len(n.pieces))
	if len(n.pieces) < n.all {
		groups = fmt.Sprintf("%d of %d", len(n.pieces), n.all)
	}
	return fmt.Sprintf("parquet %s: %s row groups, %d rows, columns %s", n.pieces[0].path, groups, rows, quoted(n.columns))
}
