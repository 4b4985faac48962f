package source

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ErrValue marks a text that is no value of its column's type.
var ErrValue = errors.New("source: wrong value")

// csvBatch is how many records are cut before their columns are parsed: few
// enough that their bytes stay in the cache.
const csvBatch = 512

// ReadRange reads the named columns (all if none is named) of a range that
// Ranges returned. The caller releases the record. Errors name file, line and
// column and wrap ErrFormat or ErrValue.
func (c *CSV) ReadRange(mem memory.Allocator, r Range, columns ...string) (arrow.Record, error) {
	numbers, err := c.columns(columns)
	if err != nil {
		return nil, err
	}
	if r.Start < c.body || r.End > c.file.Size || r.Start > r.End || r.End-r.Start > maxRange {
		return nil, fmt.Errorf("source: %s: no range %d…%d in %d bytes", c.file.Path, r.Start, r.End, c.file.Size)
	}
	lent := buffers.Get().(*[]byte)
	defer buffers.Put(lent)
	data, err := c.readInto(*lent, r.Start, r.End)
	if err != nil {
		return nil, err
	}
	*lent = data
	job := &csvRange{csv: c, data: data, line: r.Line, numbers: numbers}
	defer job.release()
	most := bytes.Count(data, []byte{'\n'}) + 1
	for _, n := range numbers {
		job.columns = append(job.columns, newCSVColumn(mem, c.schema.Field(n).Type, most))
	}
	if err := job.run(); err != nil {
		return nil, err
	}
	return job.record(), nil
}

// csvRange is one call of ReadRange.
type csvRange struct {
	csv     *CSV
	data    []byte
	line    int64
	numbers []int
	columns []csvColumn
	rows    int64

	tokens tokenizer
	fields []field // of a batch, record after record
	column []field // of a batch, one column
	starts []int   // offset of each record of a batch
	levels [csvBatch]byte
}

func (j *csvRange) run() error {
	width := j.csv.schema.NumFields()
	j.tokens = tokenizer{data: j.data, delim: j.csv.delim, one: width == 1}
	for {
		if err := j.cut(width); err != nil {
			return err
		}
		if len(j.starts) == 0 {
			return nil
		}
		for i, n := range j.numbers {
			if err := j.parse(j.columns[i], n, width); err != nil {
				return err
			}
		}
		j.rows += int64(len(j.starts))
	}
}

// cut finds the fields of the next batch of records.
func (j *csvRange) cut(width int) error {
	j.fields, j.starts = j.fields[:0], j.starts[:0]
	for len(j.starts) < csvBatch {
		before := len(j.fields)
		var err error
		if j.fields, err = j.tokens.record(j.fields); err != nil {
			return j.csv.at(err, j.data, j.tokens.failed, j.line)
		}
		have := len(j.fields) - before
		if have == 0 {
			return nil
		}
		if have > width || have < width && !j.csv.opts.Ragged {
			return j.csv.at(raggedError(have, width), j.data, j.tokens.failed, j.line)
		}
		for ; have < width; have++ {
			j.fields = append(j.fields, missingField)
		}
		j.starts = append(j.starts, j.tokens.failed)
	}
	return nil
}

// missingField stands for one that a ragged record lacks. No field of the data
// ends before it starts.
var missingField = field{start: 1, end: 0}

// parse appends the batch to one column.
func (j *csvRange) parse(column csvColumn, number, width int) error {
	j.column = j.column[:0]
	nulls := false
	for i := range j.starts {
		f := j.fields[i*width+number]
		j.levels[i] = 1
		if f.end < f.start {
			f, j.levels[i], nulls = field{}, 0, true
		} else if j.csv.isNull(f, j.data[f.start:f.end]) {
			j.levels[i], nulls = 0, true
		}
		j.column = append(j.column, f)
	}
	levels := j.levels[:len(j.column)]
	if !nulls {
		levels = nil
	}
	bad := column.parse(j.data, j.column, levels)
	if bad < 0 {
		return nil
	}
	line := j.line + int64(bytes.Count(j.data[:j.starts[bad]], []byte{'\n'}))
	field, advice := j.csv.schema.Field(number), "the type was given"
	if _, given := j.csv.opts.Types[field.Name]; !given || slices.Contains(j.csv.inferred, field.Name) {
		advice = "the type was inferred from the head of the file: give it in Types, or set InferAll"
	}
	return fmt.Errorf("%w: %s:%d: column %q: %q is no %v (%s)",
		ErrValue, j.csv.file.Path, line, field.Name, shorten(j.column[bad].text(j.data, nil)), field.Type, advice)
}

// shorten keeps messages readable when a value is not.
func shorten(b []byte) []byte {
	const most = 60
	if len(b) <= most {
		return b
	}
	return append(bytes.Clone(b[:most]), "…"...)
}

func (j *csvRange) record() arrow.Record {
	fields := make([]arrow.Field, len(j.columns))
	cols := make([]arrow.Array, len(j.columns))
	for i, column := range j.columns {
		fields[i] = j.csv.schema.Field(j.numbers[i])
		cols[i] = column.finish()
		defer cols[i].Release()
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, j.rows)
}

func (j *csvRange) release() {
	for _, column := range j.columns {
		column.release()
	}
}
