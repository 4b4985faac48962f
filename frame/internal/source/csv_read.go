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

// csvBatch is how many records are parsed column by column: few enough that
// their text and marks stay in the first-level cache.
const csvBatch = 512

// ReadRange reads the named columns (all if none is named) of a range that
// Ranges returned. The caller releases the record. Errors name file, line and
// column and wrap ErrFormat or ErrValue.
func (c *CSV) ReadRange(mem memory.Allocator, r Range, columns ...string) (arrow.Record, error) {
	numbers, err := c.columns(columns)
	if err != nil {
		return nil, err
	}
	if r.Start < c.body || r.Start > r.End || r.End > c.file.Size && c.codec == plainText {
		return nil, fmt.Errorf("source: %s: no range %d…%d in %d bytes", c.file.Path, r.Start, r.End, c.file.Size)
	}
	in, err := c.stream(r.Start, r.End)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	job := &csvRange{csv: c, Range: r, numbers: numbers, room: -1, text: newCSVText(c, in, r.Start)}
	defer job.text.free()
	defer job.release()
	for _, n := range numbers {
		job.columns = append(job.columns, newCSVColumn(mem, c, c.schema.Field(n).Type))
	}
	if err := job.run(); err != nil {
		return nil, err
	}
	return job.record()
}

// csvRange is one call of ReadRange.
type csvRange struct {
	csv *CSV
	Range
	text    *csvText
	numbers []int
	columns []csvColumn
	rows    int
	room    int // the rows that columns have room for; -1 before they have any
}

func (j *csvRange) run() error {
	records, taken := csvRecords{csv: j.csv}, 0
	for !j.text.ended {
		found, newlines, err := j.text.next(taken)
		if err != nil {
			return fmt.Errorf("source: cannot read %s: %w", j.csv.file.Path, err)
		}
		if taken, err = records.lay(j.text, found, newlines); err != nil {
			return err
		}
		if err := j.reserve(records.rows, taken); err != nil {
			return err
		}
		if records.left = 0; j.End < endless {
			records.left = int(j.End - j.text.start)
		}
		for first := 0; first < records.rows; first += csvBatch {
			if err := j.parse(records.slice(first, min(csvBatch, records.rows-first))); err != nil {
				return err
			}
		}
		j.rows += records.rows
	}
	if j.csv.codec == plainText && j.text.total != j.End-j.Start {
		return fmt.Errorf("source: cannot read %s: it has become shorter", j.csv.file.Path)
	}
	return nil
}

// reserve makes room for rows that take so many bytes, and for what is still
// to come of the range if it is like them.
func (j *csvRange) reserve(rows, taken int) error {
	if j.rows+rows <= j.room {
		return nil
	}
	want := j.rows + rows
	if left := j.End - j.text.start - int64(taken); left > 0 && taken > 0 && j.End < endless {
		want += int(float64(left)/float64(taken)*float64(rows)*1.02) + 64
	} else if !j.text.ended {
		want += want / 2
	}
	for _, c := range j.columns {
		if err := c.reserve(want); err != nil {
			return err
		}
	}
	j.room = want
	return nil
}

func (j *csvRange) parse(r csvRecords) error {
	for i, n := range j.numbers {
		bad, err := j.columns[i].parse(&r, n)
		if err != nil {
			return fmt.Errorf("%w: column %q of %s", err, j.csv.schema.Field(n).Name, j.csv.file.Path)
		}
		if bad >= 0 {
			return j.wrong(&r, bad, n)
		}
	}
	return nil
}

// wrong says that a text is no value of its column.
func (j *csvRange) wrong(r *csvRecords, row, number int) error {
	field, advice := j.csv.schema.Field(number), "the type was given"
	if _, given := j.csv.opts.Types[field.Name]; !given || slices.Contains(j.csv.inferred, field.Name) {
		advice = "the type was inferred from the head of the file: give it in Types, or set InferAll"
	}
	text, _ := r.field(row, number, nil)
	offset := j.text.start + int64(r.marks[row*r.stride]) + 1 - csvPad
	return fmt.Errorf("%w: %s:%d: column %q: %q is no %v (%s)",
		ErrValue, j.csv.file.Path, j.csv.lineAt(offset), field.Name, shorten(text), field.Type, advice)
}

// shorten keeps messages readable when a value is not.
func shorten(b []byte) []byte {
	const most = 60
	if len(b) <= most {
		return b
	}
	return append(bytes.Clone(b[:most]), "…"...)
}

func (j *csvRange) record() (arrow.Record, error) {
	if err := j.reserve(0, 0); err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(j.columns))
	cols := make([]arrow.Array, len(j.columns))
	for i, column := range j.columns {
		fields[i] = j.csv.schema.Field(j.numbers[i])
		cols[i] = column.finish()
		defer cols[i].Release()
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(j.rows)), nil
}

func (j *csvRange) release() {
	for _, column := range j.columns {
		column.release()
	}
}
