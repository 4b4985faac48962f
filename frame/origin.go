package frame

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// An origin is where the rows of a pipeline come from. It travels at the head
// of the attributes of its task.
type origin interface {
	append(b []byte) []byte // with its kind first
	// read returns the rows, which are the caller's, and those of the tables
	// given to the task that it has not used up: the sides of joins.
	read(env *pipelineEnv, in []*kernels.Table) (rows *kernels.Table, sides []*kernels.Table, err error)
}

// The kinds of origins, the first byte of their encodings.
const (
	originTable byte = iota
	originParquet
	originCSV
)

func (r *reader) origin() (origin, error) {
	var o origin
	switch kind := r.byte(); {
	case r.bad:
		return nil, errMalformed
	case kind == originTable:
		o = tableOrigin{}
	case kind == originParquet:
		o = &parquetOrigin{path: r.string(), group: r.int(), dictionary: r.bool(), columns: r.strings()}
	case kind == originCSV:
		o = r.csvOrigin()
	default:
		return nil, fmt.Errorf("%w: origin of kind %d", errMalformed, kind)
	}
	if r.bad {
		return nil, errMalformed
	}
	return o, nil
}

// tableOrigin is the first table given to the task.
type tableOrigin struct{}

func (tableOrigin) append(b []byte) []byte { return append(b, originTable) }

func (tableOrigin) read(_ *pipelineEnv, in []*kernels.Table) (*kernels.Table, []*kernels.Table, error) {
	if len(in) == 0 {
		return nil, nil, fmt.Errorf("%w: no table", errMalformed)
	}
	in[0].Retain()
	return in[0], in[1:], nil
}

// parquetOrigin is columns of a row group.
type parquetOrigin struct {
	path       string
	group      int
	dictionary bool
	columns    []string
}

func (o *parquetOrigin) append(b []byte) []byte {
	b = appendString(append(b, originParquet), o.path)
	b = binary.AppendUvarint(b, uint64(o.group))
	return appendStrings(appendBool(b, o.dictionary), o.columns)
}

func (o *parquetOrigin) read(env *pipelineEnv, in []*kernels.Table) (*kernels.Table, []*kernels.Table, error) {
	f, err := source.OpenParquet(o.path, source.ParquetOptions{Dictionary: o.dictionary})
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	rec, err := f.ReadRowGroup(env.mem, o.group, o.columns...)
	if err != nil {
		return nil, nil, err
	}
	defer rec.Release()
	t, err := kernels.NewTableFromRecord(rec)
	return t, in, err
}

// csvOrigin is columns of a range of a CSV file. All types are given in the
// options, so that nothing is inferred; which of them were inferred when the
// plan was built is for messages.
type csvOrigin struct {
	csvPiece
	opts     CSVOptions
	types    []csvType
	columns  []string
	inferred []string
}

// A csvType is the type of one column of the file.
type csvType struct {
	name string
	typ  expr.Type
}

func (o *csvOrigin) append(b []byte) []byte {
	b = append(b, originCSV, o.opts.Delimiter, o.opts.Quote, o.opts.Comment)
	for _, flag := range []bool{o.opts.NoHeader, o.opts.Ragged, o.opts.DecimalComma, o.opts.Nulls != nil} {
		b = appendBool(b, flag)
	}
	b = appendStrings(b, o.opts.Nulls)
	b = binary.AppendUvarint(b, uint64(len(o.types)))
	for _, t := range o.types {
		b = append(appendString(b, t.name), byte(t.typ))
	}
	b = appendStrings(appendStrings(b, o.columns), o.inferred)
	return o.csvPiece.append(b)
}

func (r *reader) csvOrigin() *csvOrigin {
	o := &csvOrigin{opts: CSVOptions{Delimiter: r.byte(), Quote: r.byte(), Comment: r.byte(), NoHeader: r.bool(), Ragged: r.bool(), DecimalComma: r.bool()}}
	hasNulls := r.bool()
	if nulls := r.strings(); hasNulls {
		o.opts.Nulls = append([]string{}, nulls...)
	}
	for range r.count() {
		t := csvType{r.string(), expr.Type(r.byte())}
		if r.bad = r.bad || !t.typ.Valid(); r.bad {
			return o
		}
		o.types = append(o.types, t)
	}
	o.columns, o.inferred = r.strings(), r.strings()
	o.path = r.string()
	o.Range = source.Range{Start: int64(r.int()), End: int64(r.int())}
	return o
}

func (o *csvOrigin) read(env *pipelineEnv, in []*kernels.Table) (*kernels.Table, []*kernels.Table, error) {
	opts := o.opts
	opts.SampleBytes, opts.Types = 1, map[string]arrow.DataType{}
	for _, t := range o.types {
		opts.Types[t.name] = expr.ArrowType(t.typ)
	}
	f, err := source.OpenCSV(o.path, opts)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	f.Inferred(o.inferred...)
	rec, err := f.ReadRange(env.mem, o.Range, o.columns...)
	if err != nil {
		return nil, nil, err
	}
	defer rec.Release()
	t, err := kernels.NewTableFromRecord(rec)
	return t, in, err
}
