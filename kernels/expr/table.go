package expr

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/ashlar-go/ashlar/kernels"
)

// EvalTable is EvalColumns over the columns of a table: input i of the program
// is column columns[i], or column i if columns is nil.
func EvalTable(mem kernels.Allocator, p *Program, t *kernels.Table, columns []int) ([]arrow.Array, error) {
	if columns == nil {
		columns = make([]int, t.NumColumns())
		for i := range columns {
			columns[i] = i
		}
	}
	cols := make([]arrow.Array, len(columns))
	for i, n := range columns {
		cols[i] = t.Column(n)
	}
	return EvalColumns(mem, p, cols, t.NumRows())
}
