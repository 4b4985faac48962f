package table

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// CrossSchema returns the columns of a cross join: those of the left, then those
// of the right, of which the suffix tells those apart that are named like left
// ones. Errors wrap ErrSpec and name the column.
func CrossSchema(left, right *arrow.Schema) (*arrow.Schema, error) {
	return besideSchema("cross join", left, right.Fields(), DefaultSuffix)
}

// besideSchema puts right fields beside left ones.
func besideSchema(what string, left *arrow.Schema, right []arrow.Field, suffix string) (*arrow.Schema, error) {
	fields := slices.Clone(left.Fields())
	for _, f := range right {
		if len(left.FieldIndices(f.Name)) > 0 {
			f.Name += suffix
		}
		fields = append(fields, f)
	}
	if err := distinctNames(what, fields, "rename one before the join"); err != nil {
		return nil, err
	}
	return arrow.NewSchema(fields, nil), nil
}

// Cross pairs every row of the left with every row of the right: the first row
// of the left with all of the right in order, then the second. Errors are those
// of [CrossSchema], ErrOverflow for more than 2³²-1 pairs, or as in Take.
func Cross(mem memory.Allocator, left, right *kernels.Table) (*kernels.Table, error) {
	schema, err := CrossSchema(left.Schema(), right.Schema())
	if err != nil {
		return nil, err
	}
	l, r := left.NumRows(), right.NumRows()
	if l > maxRows || r > maxRows || r > 0 && l > maxRows/r {
		return nil, fmt.Errorf("%w: cross join of %d by %d rows yields more than %d: use smaller partitions, or join by keys",
			ErrOverflow, l, r, maxRows)
	}
	from, beside := newScratch(mem, l*r), newScratch(mem, l*r)
	defer from.release()
	defer beside.release()
	at := 0
	for i := range l {
		for k := range r {
			from.rows[at], beside.rows[at] = uint32(i), uint32(k)
			at++
		}
	}
	cols, err := newPicking(mem, from.rows, false).columns(left.Schema().Fields(), left.Record().Columns())
	if err != nil {
		return nil, err
	}
	defer func() { releaseAll(cols) }()
	picked, err := newPicking(mem, beside.rows, false).columns(right.Schema().Fields(), right.Record().Columns())
	if err != nil {
		return nil, err
	}
	cols = append(cols, picked...)
	return kernels.NewTable(schema, cols, l*r)
}
