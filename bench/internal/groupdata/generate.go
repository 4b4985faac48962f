package groupdata

import (
	"fmt"
	"math/rand/v2"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Generate makes the partitions of the table. The caller releases them.
func Generate(s Spec) ([]*kernels.Table, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	small := words("id%03d", s.K)
	large := words("id%010d", s.Rows/s.K)
	defer small.Release()
	defer large.Release()
	var parts []*kernels.Table
	for i := range s.Partitions() {
		t, err := partition(s, i, small, large)
		if err != nil {
			for _, p := range parts {
				p.Release()
			}
			return nil, fmt.Errorf("groupdata: %w", err)
		}
		parts = append(parts, t)
	}
	return parts, nil
}

// words are the texts of 1…n.
func words(format string, n int) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range n {
		b.Append(fmt.Sprintf(format, i+1))
	}
	return b.NewArray()
}

func partition(s Spec, i int, small, large arrow.Array) (*kernels.Table, error) {
	r := rand.New(rand.NewPCG(s.Seed, uint64(i)))
	rows := min(PartitionRows, s.Rows-i*PartitionRows)
	below := func(n, first int) arrow.Array { return integers(r, rows, n, first) }
	cols := []arrow.Array{
		coded(below(s.K, 0), small),
		coded(below(s.K, 0), small),
		coded(below(s.Rows/s.K, 0), large),
		below(s.K, 1),
		below(s.K, 1),
		below(s.Rows/s.K, 1),
		below(5, 1),
		below(15, 1),
		decimals(r, rows),
	}
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	return kernels.NewTable(Schema, cols, rows)
}

// integers are n uniform values from first on.
func integers(r *rand.Rand, rows, n, first int) arrow.Array {
	v := make([]int32, rows)
	for i := range v {
		v[i] = int32(first + r.IntN(n))
	}
	return fixed(arrow.PrimitiveTypes.Int32, rows, arrow.Int32Traits.CastToBytes(v))
}

// decimals are uniform in [0,100) with six digits after the point.
func decimals(r *rand.Rand, rows int) arrow.Array {
	v := make([]float64, rows)
	for i := range v {
		v[i] = float64(r.IntN(100_000_000)) / 1e6
	}
	return fixed(arrow.PrimitiveTypes.Float64, rows, arrow.Float64Traits.CastToBytes(v))
}

func fixed(t arrow.DataType, rows int, raw []byte) arrow.Array {
	data := array.NewData(t, rows, []*memory.Buffer{nil, memory.NewBufferBytes(raw)}, nil, 0, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// coded takes the ownership of the indices.
func coded(indices, dictionary arrow.Array) arrow.Array {
	defer indices.Release()
	return array.NewDictionaryArray(text, indices, dictionary)
}
