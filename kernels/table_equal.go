package kernels

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Equal reports whether Diff finds no difference.
func (t *Table) Equal(other *Table) bool { return t.Diff(other) == "" }

// Diff describes the first difference between two tables, for tests; it is ""
// when they have the same names, types, rows and values. Values are compared by
// what they mean: NaN equals NaN, zeros are equal, and dictionaries that number
// the same strings differently are equal. Metadata is not compared.
func (t *Table) Diff(other *Table) string {
	if t.NumColumns() != other.NumColumns() {
		return fmt.Sprintf("%d columns against %d", t.NumColumns(), other.NumColumns())
	}
	if t.NumRows() != other.NumRows() {
		return fmt.Sprintf("%d rows against %d", t.NumRows(), other.NumRows())
	}
	for i := range t.NumColumns() {
		a, b := t.Schema().Field(i), other.Schema().Field(i)
		if a.Name != b.Name {
			return fmt.Sprintf("column %d is named %q against %q", i, a.Name, b.Name)
		}
		if !arrow.TypeEqual(a.Type, b.Type) {
			return fmt.Sprintf("column %q is %v against %v", a.Name, a.Type, b.Type)
		}
		if row := firstDifference(t.Column(i), other.Column(i)); row >= 0 {
			return fmt.Sprintf("column %q, row %d: %s against %s", a.Name, row,
				formatCell(t.Column(i), row), formatCell(other.Column(i), row))
		}
	}
	return ""
}

// firstDifference returns the first row where a and b, of one type and length,
// differ, or -1.
func firstDifference(a, b arrow.Array) int {
	for i := range a.Len() {
		if a.IsNull(i) != b.IsNull(i) || a.IsValid(i) && !sameValue(a, b, i) {
			return i
		}
	}
	return -1
}

func sameValue(a, b arrow.Array, i int) bool {
	switch a := a.(type) {
	case *array.Float64:
		return sameFloat(a.Value(i), b.(*array.Float64).Value(i))
	case *array.Float32:
		return sameFloat(float64(a.Value(i)), float64(b.(*array.Float32).Value(i)))
	case array.ListLike, *array.Struct:
		row := int64(i)
		return array.SliceApproxEqual(a, row, row+1, b, row, row+1, array.WithNaNsEqual(true), array.WithAbsTolerance(0))
	}
	return a.ValueStr(i) == b.ValueStr(i)
}

func sameFloat(a, b float64) bool { return a == b || a != a && b != b }
