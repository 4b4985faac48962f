package frame

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// CSVOptions says how CSV files are read; the zero value reads RFC 4180 files
// with a header, and infers types from the head of the first file.
type CSVOptions = source.CSVOptions

// CSVRangeBytes is about how much of a file one partition of ReadCSV holds.
const CSVRangeBytes = 32 << 20

// csvScan reads ranges of CSV files, one a partition.
type csvScan struct {
	base
	pieces  []csvPiece
	opts    CSVOptions
	columns []string
	types   map[string]arrow.DataType // of all columns of the files
}

// A csvPiece is a run of whole records.
type csvPiece struct {
	path string
	source.Range
}

// ReadCSV reads the files that the pattern names: a path, a glob, or
// scheme://name for what [RegisterFS] knows. All files have the header of the
// first. A later value that is not of the type inferred is an error of the
// computation, which names file, row and column; give that type in the
// options, or ask for InferAll.
func ReadCSV(pattern string, opts CSVOptions) *Frame {
	paths, err := source.Glob(pattern)
	if err != nil {
		return fail("read csv", err)
	}
	n := &csvScan{opts: opts, types: map[string]arrow.DataType{}}
	var schema *arrow.Schema
	for _, path := range paths {
		f, err := source.OpenCSV(path, n.opts)
		if err != nil {
			return fail("read csv", err)
		}
		ranges, err := f.Ranges(CSVRangeBytes)
		s := f.Schema()
		f.Close()
		if err != nil {
			return fail("read csv", err)
		}
		if schema == nil {
			schema = s
			for _, fd := range s.Fields() {
				n.types[fd.Name] = fd.Type
			}
			n.opts.Types = n.types // the files that follow have these types too
		} else if !schema.Equal(s) {
			return fail("read csv", fmt.Errorf("%s has columns %v; %s has %v", path, s, paths[0], schema))
		}
		for _, r := range ranges {
			n.pieces = append(n.pieces, csvPiece{path, r})
		}
	}
	if len(n.pieces) == 0 { // header only: one empty partition
		n.pieces = []csvPiece{{path: paths[0]}}
	}
	n.columns = names(schema)
	n.base = newBase("csv", schema, len(n.pieces), n.params())
	return &Frame{node: n}
}

func (n *csvScan) params() []byte {
	b := appendStrings(n.appendOptions(nil), n.columns)
	for _, p := range n.pieces {
		b = appendPiece(b, p)
	}
	return b
}

func appendPiece(b []byte, p csvPiece) []byte {
	b = appendString(b, p.path)
	b = binary.AppendUvarint(b, uint64(p.Start))
	b = binary.AppendUvarint(b, uint64(p.End))
	return binary.AppendUvarint(b, uint64(p.Line))
}

// appendOptions encodes what a reader must know. All types are given, so that
// it infers nothing.
func (n *csvScan) appendOptions(b []byte) []byte {
	b = append(b, n.opts.Delimiter)
	b = appendBool(appendBool(b, n.opts.NoHeader), n.opts.Ragged)
	b = appendBool(b, n.opts.Nulls != nil)
	b = appendStrings(b, n.opts.Nulls)
	cols := make([]string, 0, len(n.types))
	for name := range n.types { // sorted below
		cols = append(cols, name)
	}
	slices.Sort(cols)
	b = appendStrings(b, cols)
	for _, name := range cols {
		t, err := expr.TypeOf(n.types[name])
		if err != nil {
			panic(fmt.Sprintf("frame: csv column %q is of type %v", name, n.types[name])) // the source infers no such type
		}
		b = append(b, byte(t))
	}
	return b
}

func (n *csvScan) scan(i int) ([]byte, graph.Cost) {
	p := n.pieces[i]
	b := n.appendOptions([]byte{sourceCSV})
	b = appendPiece(appendStrings(b, n.columns), p)
	size := p.End - p.Start
	return b, graph.Cost{Bytes: size, Output: size, Scratch: size}
}

func (n *csvScan) lower(l *lowering, i int) graph.Dep {
	attr, cost := n.scan(i)
	class := graph.Class{Op: opPipeline, Label: "frame.csv", Spec: n.spec, Cost: cost}
	return l.b.Add(class, appendSteps(attr, nil)).Whole()
}

func (n *csvScan) narrow(need columns) node {
	if need == nil {
		return n
	}
	m := *n
	m.columns = nil
	var fields []arrow.Field
	for _, f := range n.schema.Fields() {
		if need.has(f.Name) {
			fields = append(fields, f)
			m.columns = append(m.columns, f.Name)
		}
	}
	if len(fields) == 0 { // rows are counted by one column
		fields = n.schema.Fields()[:1]
		m.columns = []string{fields[0].Name}
	}
	m.base = newBase("csv", arrow.NewSchema(fields, nil), n.partitions, m.params())
	m.spec = n.spec
	return &m
}

func (n *csvScan) describe() string {
	return fmt.Sprintf("csv %s: %d ranges, columns %s", n.pieces[0].path, len(n.pieces), quoted(n.columns))
}

// readCSVRange reads the source of a pipeline that scan encoded.
func readCSVRange(env *pipelineEnv, r *reader) (*kernels.Table, error) {
	if len(r.b) == 0 {
		return nil, errMalformed
	}
	opts := CSVOptions{Delimiter: r.b[0], SampleBytes: 1}
	r.b = r.b[1:]
	opts.NoHeader, opts.Ragged = r.bool(), r.bool()
	hasNulls := r.bool()
	if nulls := r.strings(); hasNulls {
		opts.Nulls = append([]string{}, nulls...)
	}
	cols := r.strings()
	opts.Types = map[string]arrow.DataType{}
	for _, name := range cols {
		if len(r.b) == 0 || !expr.Type(r.b[0]).Valid() {
			return nil, errMalformed
		}
		opts.Types[name] = expr.ArrowType(expr.Type(r.b[0]))
		r.b = r.b[1:]
	}
	wanted, path := r.strings(), r.string()
	rng := source.Range{Start: int64(r.int()), End: int64(r.int()), Line: int64(r.int())}
	if r.bad {
		return nil, errMalformed
	}
	f, err := source.OpenCSV(path, opts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rec, err := f.ReadRange(env.mem, rng, wanted...)
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	return kernels.NewTableFromRecord(rec)
}
