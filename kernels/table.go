package kernels

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

var (
	// ErrColumn marks the name of a column that a table does not have.
	ErrColumn = errors.New("kernels: no such column")
	// ErrTable marks columns that do not make a table.
	ErrTable = errors.New("kernels: malformed table")
)

// A Table is an immutable Arrow record whose column names are distinct: one
// partition of a frame. It may be read from many goroutines. It starts with one
// reference; the memory of its columns is freed when the last is released.
type Table struct {
	rec   arrow.Record
	bytes int64
}

// NewTable makes a table of the given columns, each of which has rows elements
// and the type that schema says. It retains the columns: the caller still
// releases its own references. A table may have rows without having columns.
//
// Errors wrap ErrTable and name the column.
func NewTable(schema *arrow.Schema, cols []arrow.Array, rows int) (*Table, error) {
	if len(cols) != schema.NumFields() {
		return nil, fmt.Errorf("%w: %d columns for a schema of %d fields", ErrTable, len(cols), schema.NumFields())
	}
	if rows < 0 {
		return nil, fmt.Errorf("%w: %d rows", ErrTable, rows)
	}
	for i, field := range schema.Fields() {
		switch {
		case len(schema.FieldIndices(field.Name)) > 1:
			return nil, fmt.Errorf("%w: two columns are named %q", ErrTable, field.Name)
		case cols[i].Len() != rows:
			return nil, fmt.Errorf("%w: column %q has %d rows, want %d", ErrTable, field.Name, cols[i].Len(), rows)
		case !arrow.TypeEqual(cols[i].DataType(), field.Type):
			return nil, fmt.Errorf("%w: column %q is %v, its field says %v", ErrTable, field.Name, cols[i].DataType(), field.Type)
		}
	}
	return wrap(array.NewRecord(schema, cols, int64(rows))), nil
}

// NewTableFromRecord makes a table of rec, which it retains.
// Errors wrap ErrTable and name the column.
func NewTableFromRecord(rec arrow.Record) (*Table, error) {
	return NewTable(rec.Schema(), rec.Columns(), int(rec.NumRows()))
}

// wrap takes over the caller's reference to rec. Arrow counts nulls and makes
// the array of a dictionary when first asked, without synchronisation, so both
// are asked for here, before the table is shared.
func wrap(rec arrow.Record) *Table {
	for _, col := range rec.Columns() {
		settle(col)
	}
	return &Table{rec: rec, bytes: recordBytes(rec)}
}

func settle(col arrow.Array) {
	col.NullN()
	switch col := col.(type) {
	case *array.Dictionary:
		if col.Data().Dictionary().(*array.Data) != nil {
			settle(col.Indices())
			settle(col.Dictionary())
		}
	case *array.Map:
		settle(col.ListValues())
		settle(col.Keys())
		settle(col.Items())
	case array.ListLike:
		settle(col.ListValues())
	case *array.Struct:
		for i := range col.NumField() {
			settle(col.Field(i))
		}
	}
}

// recordBytes is the size of the distinct buffers that rec keeps alive, whole
// even where the columns are slices of them.
func recordBytes(rec arrow.Record) int64 {
	var total int64
	seen := map[*memory.Buffer]bool{}
	var add func(arrow.ArrayData)
	add = func(data arrow.ArrayData) {
		for _, b := range data.Buffers() {
			for b != nil && b.Parent() != nil {
				b = b.Parent()
			}
			if b != nil && !seen[b] {
				seen[b] = true
				total += int64(b.Cap())
			}
		}
		for _, child := range data.Children() {
			add(child)
		}
		if dict, ok := data.Dictionary().(*array.Data); ok && dict != nil {
			add(dict)
		}
	}
	for _, col := range rec.Columns() {
		add(col.Data())
	}
	return total
}

// Bytes is the memory that the table keeps alive: buffers shared by columns
// count once, and a slice counts the whole buffers behind it.
func (t *Table) Bytes() int64 { return t.bytes }

// Retain adds a reference.
func (t *Table) Retain() { t.rec.Retain() }

// Release drops a reference; the last one frees the columns.
func (t *Table) Release() { t.rec.Release() }

// Record returns the table as an Arrow record, which lives as long as t.
func (t *Table) Record() arrow.Record { return t.rec }

// Schema returns the names and types of the columns.
func (t *Table) Schema() *arrow.Schema { return t.rec.Schema() }

// NumRows returns the number of rows.
func (t *Table) NumRows() int { return int(t.rec.NumRows()) }

// NumColumns returns the number of columns.
func (t *Table) NumColumns() int { return int(t.rec.NumCols()) }

// Column returns column i, which lives as long as t.
func (t *Table) Column(i int) arrow.Array { return t.rec.Column(i) }

// ColumnIndex returns the number of the column of that name. The error wraps
// ErrColumn, suggests a name like it and lists the columns there are.
func (t *Table) ColumnIndex(name string) (int, error) {
	return ColumnIndex(t.Schema(), name)
}

// ColumnIndex returns the number of the field of that name. The error wraps
// ErrColumn, suggests a name like it and lists the names there are.
func ColumnIndex(schema *arrow.Schema, name string) (int, error) {
	if at := schema.FieldIndices(name); len(at) > 0 {
		return at[0], nil
	}
	names := make([]string, schema.NumFields())
	for i, f := range schema.Fields() {
		names[i] = f.Name
	}
	hint := ""
	if like := nearest(name, names); like != "" {
		hint = fmt.Sprintf(", did you mean %q?", like)
	}
	return 0, fmt.Errorf("%w: %q%s (columns: %s)", ErrColumn, name, hint, listed(names))
}

// listed joins names for a message, which stays readable for wide tables.
func listed(names []string) string {
	const most = 40
	if len(names) == 0 {
		return "none"
	}
	if len(names) > most {
		return fmt.Sprintf("%s, … %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// Slice returns rows i … j-1 as a table that shares t's memory. Like a slice
// expression it panics unless 0 ≤ i ≤ j ≤ NumRows.
func (t *Table) Slice(i, j int) *Table {
	if i < 0 || j < i || j > t.NumRows() {
		panic(fmt.Sprintf("kernels: rows %d to %d of a table of %d rows", i, j, t.NumRows()))
	}
	return wrap(t.rec.NewSlice(int64(i), int64(j)))
}

// Project returns a table of the named columns in that order, sharing t's
// memory. Errors wrap ErrColumn, or ErrTable for a name given twice.
func (t *Table) Project(names ...string) (*Table, error) {
	fields := make([]arrow.Field, len(names))
	cols := make([]arrow.Array, len(names))
	for i, name := range names {
		at, err := t.ColumnIndex(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("%w: column %q is asked for twice", ErrTable, name)
		}
		fields[i], cols[i] = t.Schema().Field(at), t.Column(at)
	}
	meta := t.Schema().Metadata()
	return NewTable(arrow.NewSchema(fields, &meta), cols, t.NumRows())
}
