package groupdata

import (
	"fmt"
	"math/rand/v2"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
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
			release(parts)
			return nil, fmt.Errorf("groupdata: %w", err)
		}
		parts = append(parts, t)
	}
	if s.Sorted {
		return sorted(parts)
	}
	return parts, nil
}

// sorted returns the rows of parts in the order of their keys, in partitions of
// the same sizes, and releases parts.
func sorted(parts []*kernels.Table) ([]*kernels.Table, error) {
	defer release(parts)
	mem := kernels.DefaultAllocator()
	all, err := table.Concat(mem, parts...)
	if err != nil {
		return nil, err
	}
	defer all.Release()
	var order table.SortSpec
	for _, f := range Schema.Fields()[:6] {
		order.Keys = append(order.Keys, table.SortKey{Column: f.Name})
	}
	ordered, err := table.Sort(mem, all, order)
	if err != nil {
		return nil, err
	}
	defer ordered.Release()
	out, first := make([]*kernels.Table, 0, len(parts)), 0
	for _, p := range parts {
		rows := make([]uint32, p.NumRows())
		for i := range rows {
			rows[i] = uint32(first + i)
		}
		first += len(rows)
		t, err := table.Take(mem, ordered, rows) // a slice would keep all rows alive
		if err != nil {
			release(out)
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func release(parts []*kernels.Table) {
	for _, p := range parts {
		p.Release()
	}
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
	below := func(n, first int) arrow.Array { return s.integers(r, rows, n, first) }
	cols := []arrow.Array{
		coded(below(s.K, 0), small),
		coded(below(s.K, 0), small),
		coded(below(s.Rows/s.K, 0), large),
		below(s.K, 1),
		below(s.K, 1),
		below(s.Rows/s.K, 1),
		below(5, 1),
		below(15, 1),
		s.decimals(r, rows),
	}
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	return kernels.NewTable(Schema, cols, rows)
}

// integers are n uniform values from first on.
func (s Spec) integers(r *rand.Rand, rows, n, first int) arrow.Array {
	v := make([]int32, rows)
	for i := range v {
		v[i] = int32(first + r.IntN(n))
	}
	return fixed(arrow.PrimitiveTypes.Int32, rows, arrow.Int32Traits.CastToBytes(v), s.valid(r, rows))
}

// decimals are uniform in [0,100) with six digits after the point.
func (s Spec) decimals(r *rand.Rand, rows int) arrow.Array {
	v := make([]float64, rows)
	for i := range v {
		v[i] = float64(r.IntN(100_000_000)) / 1e6
	}
	return fixed(arrow.PrimitiveTypes.Float64, rows, arrow.Float64Traits.CastToBytes(v), s.valid(r, rows))
}

// valid is which values are not null, nil for all.
func (s Spec) valid(r *rand.Rand, rows int) *memory.Buffer {
	if s.Nulls == 0 {
		return nil
	}
	bits := make([]byte, (rows+7)/8)
	for i := range rows {
		if r.IntN(100) >= s.Nulls {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return memory.NewBufferBytes(bits)
}

func fixed(t arrow.DataType, rows int, raw []byte, valid *memory.Buffer) arrow.Array {
	nulls := 0
	if valid != nil {
		nulls = array.UnknownNullCount
	}
	data := array.NewData(t, rows, []*memory.Buffer{valid, memory.NewBufferBytes(raw)}, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// coded takes the ownership of the indices.
func coded(indices, dictionary arrow.Array) arrow.Array {
	defer indices.Release()
	return array.NewDictionaryArray(text, indices, dictionary)
}
