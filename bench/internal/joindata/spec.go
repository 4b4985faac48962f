package joindata

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// PartitionRows is how many rows a partition has, the last of a table excepted.
const PartitionRows = 1 << 19

// Spec is the size of the tables.
type Spec struct {
	Rows int    // of x and of big
	Seed uint64 // of the generators
}

// leastKeys is how many keys a space has at least, so that each tenth of it is
// some.
const leastKeys = 10

// sizes are the rows of small, medium and big.
func (s Spec) sizes() [3]int {
	return [3]int{max(s.Rows/1_000_000, leastKeys), max(s.Rows/1000, leastKeys), s.Rows}
}

// Check returns an error if there are no such tables.
func (s Spec) Check() error {
	if s.Rows < leastKeys || s.Rows > 1<<30 {
		return fmt.Errorf("joindata: %d rows: there are at least %d and at most %d", s.Rows, leastKeys, 1<<30)
	}
	return nil
}

// String names the tables, as in file names.
func (s Spec) String() string { return fmt.Sprintf("join-%d-s%d", s.Rows, s.Seed) }

// coded is how many of the string columns have a dictionary: those of few
// values. The third has as many values as rows.
const coded = 2

// text is the type of the string columns that have a dictionary.
var text = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// schema has so many integer ids, as many texts and a value of the name given.
func schema(ids int, value string) *arrow.Schema {
	var fields []arrow.Field
	for i := range ids {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("id%d", i+1), Type: arrow.PrimitiveTypes.Int32})
	}
	for i := range ids {
		field := arrow.Field{Name: fmt.Sprintf("id%d", i+4), Type: text}
		if i >= coded {
			field.Type = arrow.BinaryTypes.String
		}
		fields = append(fields, field)
	}
	fields = append(fields, arrow.Field{Name: value, Type: arrow.PrimitiveTypes.Float64})
	return arrow.NewSchema(fields, nil)
}
