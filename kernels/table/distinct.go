package table

import (
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Distinct returns the first row of each distinct key, in order. No keys mean
// all columns. Errors wrap kernels.ErrColumn, ErrType, or are as in Take.
func Distinct(mem memory.Allocator, t *kernels.Table, keys ...string) (*kernels.Table, error) {
	if len(keys) == 0 {
		for _, f := range t.Schema().Fields() {
			keys = append(keys, f.Name)
		}
	}
	cols, err := keyColumns("distinct", t, keys)
	if err != nil {
		return nil, err
	}
	k := newKeyTable(cols, false)
	var batch [batchSize]uint32
	for start := 0; start < t.NumRows(); start += batchSize {
		k.add(batch[:min(batchSize, t.NumRows()-start)], start)
	}
	if k.size() == t.NumRows() {
		t.Retain()
		return t, nil
	}
	return takeRows(mem, t, k.first)
}
