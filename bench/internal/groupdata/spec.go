package groupdata

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// PartitionRows is how many rows a partition has, the last one excepted.
const PartitionRows = 1 << 19

// Spec is the size of the table.
type Spec struct {
	Rows int    // N
	K    int    // distinct values of the small keys; N/K of the large ones
	Seed uint64 // of the generator
}

// Check returns an error if there is no such table.
func (s Spec) Check() error {
	if s.K < 1 || s.Rows < s.K || s.Rows/s.K > 1<<31-1 {
		return fmt.Errorf("groupdata: %d rows with K = %d: K is at least 1 and at most the rows", s.Rows, s.K)
	}
	return nil
}

// Partitions is how many partitions the table has.
func (s Spec) Partitions() int { return (s.Rows + PartitionRows - 1) / PartitionRows }

// String names the table, as in file names.
func (s Spec) String() string { return fmt.Sprintf("group-%d-k%d-s%d", s.Rows, s.K, s.Seed) }

// text is the type of the string keys.
var text = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// Schema is that of the table.
var Schema = arrow.NewSchema([]arrow.Field{
	{Name: "id1", Type: text},
	{Name: "id2", Type: text},
	{Name: "id3", Type: text},
	{Name: "id4", Type: arrow.PrimitiveTypes.Int32},
	{Name: "id5", Type: arrow.PrimitiveTypes.Int32},
	{Name: "id6", Type: arrow.PrimitiveTypes.Int32},
	{Name: "v1", Type: arrow.PrimitiveTypes.Int32},
	{Name: "v2", Type: arrow.PrimitiveTypes.Int32},
	{Name: "v3", Type: arrow.PrimitiveTypes.Float64},
}, nil)
