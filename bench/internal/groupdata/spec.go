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

	Nulls  int  // of a hundred values of every column, how many are null
	Sorted bool // by the keys, id1 first
}

// Check returns an error if there is no such table.
func (s Spec) Check() error {
	if s.Nulls < 0 || s.Nulls > 100 {
		return fmt.Errorf("groupdata: %d of 100 values null", s.Nulls)
	}
	if s.K < 1 || s.Rows < s.K || s.Rows/s.K > 1<<31-1 {
		return fmt.Errorf("groupdata: %d rows with K = %d: K is at least 1 and at most the rows", s.Rows, s.K)
	}
	return nil
}

// Partitions is how many partitions the table has.
func (s Spec) Partitions() int { return (s.Rows + PartitionRows - 1) / PartitionRows }

// String names the table, as in file names.
func (s Spec) String() string {
	name := fmt.Sprintf("group-%d-k%d-s%d", s.Rows, s.K, s.Seed)
	if s.Nulls > 0 {
		name += fmt.Sprintf("-nulls%d", s.Nulls)
	}
	if s.Sorted {
		name += "-sorted"
	}
	return name
}

// text is the type of the string keys.
var text = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// Schema is that of the table.
var Schema = arrow.NewSchema([]arrow.Field{
	{Name: "id1", Type: text, Nullable: true},
	{Name: "id2", Type: text, Nullable: true},
	{Name: "id3", Type: text, Nullable: true},
	{Name: "id4", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "id5", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "id6", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "v1", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "v2", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "v3", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
}, nil)
