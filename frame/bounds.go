package frame

import (
	"github.com/apache/arrow/go/v17/arrow"
	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/frame/internal/source"
	"github.com/ashlar-go/ashlar/kernels"
)

// A comparison is how one bound of a column stands to a literal.
type comparison struct {
	lt, le, eq, ge, gt bool
	float              bool // the column may hold NaN
}

// compareBounds compares x, which grows with the named column, at the least and
// at the greatest value of that column with a literal. ok is false if there are
// no bounds that can be trusted, or x cannot be evaluated at them.
func (s statistics) compareBounds(column string, x, lit Expr) (low, high comparison, ok bool) {
	k, err := kernels.ColumnIndex(s.schema, column)
	if err != nil {
		return low, high, false
	}
	b, ok, err := s.piece.file.Bounds(s.piece.group, column)
	if err != nil || !ok {
		return low, high, false
	}
	t, ok := boundsTable(s.schema.Field(k), b)
	if !ok {
		return low, high, false
	}
	defer t.Release()
	p, _, err := compile(t.Schema(), []Expr{
		x.Lt(lit).As("lt"), x.Le(lit).As("le"), x.Eq(lit).As("eq"), x.Ge(lit).As("ge"), x.Gt(lit).As("gt"),
	})
	if err != nil {
		return low, high, false
	}
	got, err := p.eval(kernels.DefaultAllocator(), t)
	if err != nil {
		return low, high, false
	}
	defer got.Release()
	read := func(row int) comparison {
		is := func(i int) bool {
			c := got.Column(i).(*arrowarray.Boolean)
			return c.IsValid(row) && c.Value(row)
		}
		return comparison{is(0), is(1), is(2), is(3), is(4), arrow.IsFloating(t.Schema().Field(0).Type.ID())}
	}
	low, high = read(0), read(1)
	return low, high, low.ordered() && high.ordered()
}

// ordered reports whether the two can be compared at all: not with NaN.
func (c comparison) ordered() bool { return c.lt || c.eq || c.gt }

// boundsTable makes a table of one column and two rows: the bounds.
func boundsTable(f arrow.Field, b source.Bounds) (*kernels.Table, bool) {
	if d, ok := f.Type.(*arrow.DictionaryType); ok {
		f.Type = d.ValueType
	}
	s := arrow.NewSchema([]arrow.Field{f}, nil)
	rb := arrowarray.NewRecordBuilder(memory.DefaultAllocator, s)
	defer rb.Release()
	for _, v := range []any{b.Min, b.Max} {
		switch fb := rb.Field(0).(type) {
		case *arrowarray.Int32Builder:
			fb.Append(int32(v.(int64)))
		case *arrowarray.Date32Builder:
			fb.Append(arrow.Date32(v.(int64)))
		case *arrowarray.Int64Builder:
			fb.Append(v.(int64))
		case *arrowarray.TimestampBuilder:
			fb.Append(arrow.Timestamp(v.(int64)))
		case *arrowarray.Float32Builder:
			fb.Append(float32(v.(float64)))
		case *arrowarray.Float64Builder:
			fb.Append(v.(float64))
		case *arrowarray.StringBuilder:
			fb.Append(v.(string))
		default:
			return nil, false
		}
	}
	rec := rb.NewRecord()
	defer rec.Release()
	t, err := kernels.NewTableFromRecord(rec)
	return t, err == nil
}
