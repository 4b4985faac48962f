package table

import "github.com/apache/arrow/go/v17/arrow"

// SortKey orders by one column.
type SortKey struct {
	Column     string
	Descending bool
	NullsFirst bool // also when descending; otherwise nulls come last
}

// SortSpec orders rows by its first key, equal ones by the second, and so on.
// What is equal in all keys keeps its order.
type SortSpec struct {
	Keys []SortKey
}

// Check says whether a table of the given columns can be so ordered.
// Errors wrap ErrSpec, kernels.ErrColumn or ErrType and name the column.
func (s SortSpec) Check(in *arrow.Schema) error {
	if len(s.Keys) == 0 {
		return refuse("sort without keys: give at least one column to order by")
	}
	_, err := keyFields("sort", in, s.columns())
	return err
}

func (s SortSpec) columns() []string {
	names := make([]string, len(s.Keys))
	for i, k := range s.Keys {
		names[i] = k.Column
	}
	return names
}
