package table

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

var (
	// ErrType marks a column whose type an operation is not defined on.
	ErrType = errors.New("table: wrong column type")
	// ErrSpec marks a spec that is not well formed: bytes that are no encoding of
	// one, or one that asks for what cannot be. The latter say so in plain words.
	ErrSpec = errors.New("table: malformed spec")
	// ErrSchema marks tables that do not fit one another.
	ErrSchema = errors.New("table: schemas differ")
	// ErrOverflow marks a result that its type cannot hold.
	ErrOverflow = errors.New("table: overflow")
	// ErrRow marks a row number outside a table.
	ErrRow = errors.New("table: no such row")
)

// refusal is an ErrSpec about a spec of the caller's, which was not malformed on
// its way: its text does not say so.
type refusal struct{ text string }

func (e refusal) Error() string { return "table: " + e.text }
func (e refusal) Unwrap() error { return ErrSpec }

func refuse(format string, args ...any) error { return refusal{fmt.Sprintf(format, args...)} }

func typeError(what, column string, t arrow.DataType) error {
	return fmt.Errorf("%w: %s of column %q: not defined on %v", ErrType, what, column, t)
}
