package frame

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/graph"
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
	pieces   []csvPiece
	opts     CSVOptions
	types    []csvType // of all columns of the files
	columns  []string  // that are read
	inferred []string  // whose types nobody gave
}

// A csvPiece is a run of whole records.
type csvPiece struct {
	path string
	source.Range
	version string // of the file; not on a worker
	bytes   int64  // of text; not on a worker
}

func (p csvPiece) append(b []byte) []byte {
	b = appendString(b, p.path)
	b = binary.AppendUvarint(b, uint64(p.Start))
	return binary.AppendUvarint(b, uint64(p.End))
}

// ReadCSV reads the files that the pattern names: a path, a glob, or
// scheme://name for what [RegisterFS] knows. All files have the header of the
// first. Compressed files (gzip, zstd) are one partition each. A value that is not
// of the type inferred from the sample is an error of the computation, which
// names file, row and column; give that type in the options, or ask for InferAll.
func ReadCSV(pattern string, opts CSVOptions) *Frame {
	paths, err := source.Glob(pattern)
	if err != nil {
		return fail("read csv", err)
	}
	n := &csvScan{opts: opts}
	var schema *arrow.Schema
	for _, path := range paths {
		s, err := n.addFile(path)
		if err != nil {
			return fail("read csv", err)
		}
		if schema == nil {
			schema = s
			if err := n.fix(s); err != nil {
				return fail("read csv", fmt.Errorf("%s: %w", path, err))
			}
		} else if !schema.Equal(s) {
			return fail("read csv", fmt.Errorf("%s has columns %v; %s has %v", path, s, paths[0], schema))
		}
	}
	n.columns = names(schema)
	n.base = newBase("csv", schema, len(n.pieces), n.params())
	return &Frame{node: n}
}

// addFile cuts a file into pieces. One without rows is one empty piece, so
// that a frame always has a partition.
func (n *csvScan) addFile(path string) (*arrow.Schema, error) {
	f, err := source.OpenCSV(path, n.opts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ranges, err := f.Ranges(CSVRangeBytes)
	if err != nil {
		return nil, err
	}
	if len(ranges) == 0 {
		ranges = []source.Range{{Start: f.Size(), End: f.Size()}}
	}
	for _, r := range ranges {
		n.pieces = append(n.pieces, csvPiece{path, r, f.Version(), f.Bytes(r)})
	}
	return f.Schema(), nil
}

// fix makes the types of the first file those of all that follow.
func (n *csvScan) fix(s *arrow.Schema) error {
	given := n.opts.Types
	n.opts.Types = map[string]arrow.DataType{}
	for _, fd := range s.Fields() {
		t, err := expr.TypeOf(fd.Type)
		if err != nil {
			return fmt.Errorf("column %q: %w", fd.Name, err)
		}
		n.types = append(n.types, csvType{fd.Name, t})
		n.opts.Types[fd.Name] = fd.Type
		if _, ok := given[fd.Name]; !ok {
			n.inferred = append(n.inferred, fd.Name)
		}
	}
	return nil
}

func (n *csvScan) params() []byte {
	b := n.origin(0).append(nil)
	for _, p := range n.pieces {
		b = appendString(p.append(b), p.version)
	}
	return b
}

// origin says what partition i reads.
func (n *csvScan) origin(i int) *csvOrigin {
	return &csvOrigin{n.pieces[i], n.opts, n.types, n.columns, n.inferred}
}

func (n *csvScan) scan(i int) ([]byte, graph.Cost) {
	size := n.pieces[i].bytes
	return n.origin(i).append(nil), graph.Cost{Bytes: size, Output: size}
}

func (n *csvScan) lower(l *lowering, i int) graph.Dep {
	attr, cost := n.scan(i)
	class := graph.Class{Op: opPipeline, Label: "frame.csv", Spec: l.spec, Cost: cost}
	return l.b.Add(class, appendSteps(attr, nil)).Whole()
}

func (n *csvScan) narrow(need columns) node {
	m := *n
	schema := narrowed(n.schema, need)
	m.columns = names(schema)
	m.base = newBase("csv", schema, n.partitions, m.params())
	return &m
}

func (n *csvScan) describe() string {
	return fmt.Sprintf("csv %s: %s, columns %s", n.pieces[0].path, counted(len(n.pieces), "range"), quoted(n.columns))
}
