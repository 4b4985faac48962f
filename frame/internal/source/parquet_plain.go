package source

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Columns with a dictionary are written as the texts they stand for. Arrow's
// writer would take their statistics with arrow/compute, whose Take drops
// texts, or panics, when the allocator gives larger buffers than it was asked
// for. The file has dictionary pages all the same.

// plainSchema is the schema with texts in place of dictionaries.
func plainSchema(s *arrow.Schema) *arrow.Schema {
	fields := slices.Clone(s.Fields())
	for i, f := range fields {
		if d, ok := f.Type.(*arrow.DictionaryType); ok {
			fields[i].Type = d.ValueType
		}
	}
	meta := s.Metadata()
	return arrow.NewSchema(fields, &meta)
}

// plainRecord has the plain schema. It returns a reference of its own.
func plainRecord(mem memory.Allocator, schema *arrow.Schema, rec arrow.Record) arrow.Record {
	cols := slices.Clone(rec.Columns())
	for i, c := range cols {
		if d, ok := c.(*array.Dictionary); ok {
			cols[i] = plainTexts(mem, d)
			defer cols[i].Release()
		}
	}
	return array.NewRecord(schema, cols, rec.NumRows())
}

func plainTexts(mem memory.Allocator, d *array.Dictionary) arrow.Array {
	words := d.Dictionary().(interface {
		arrow.Array
		Value(int) string
	})
	b := array.NewBuilder(mem, words.DataType()).(interface {
		array.Builder
		Append(string)
		ReserveData(int)
	})
	defer b.Release()
	size := 0
	for i := range d.Len() {
		if d.IsValid(i) {
			size += len(words.Value(d.GetValueIndex(i)))
		}
	}
	b.Reserve(d.Len())
	b.ReserveData(size)
	for i := range d.Len() {
		if d.IsNull(i) || words.IsNull(d.GetValueIndex(i)) {
			b.AppendNull()
		} else {
			b.Append(words.Value(d.GetValueIndex(i)))
		}
	}
	return b.NewArray()
}
