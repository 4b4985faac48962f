package table

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

var (
	// ErrType marks a column whose type an operation is not defined on.
	ErrType = errors.New("table: wrong column type")
	// ErrSpec marks a spec that is not well formed.
	ErrSpec = errors.New("table: malformed spec")
	// ErrSchema marks tables that do not fit one another.
	ErrSchema = errors.New("table: schemas differ")
	// ErrOverflow marks a result that its type cannot hold.
	ErrOverflow = errors.New("table: overflow")
	// ErrRow marks a row number outside a table.
	ErrRow = errors.New("table: no such row")
)

func typeError(what, column string, t arrow.DataType) error {
	return fmt.Errorf("%w: %s of column %q: not defined on %v", ErrType, what, column, t)
}
