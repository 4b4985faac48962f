package source

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels"
)

// BenchmarkRowGroup reads a row group of 2¹⁸ rows of three columns (int32 of a
// hundred values, float64, texts of a hundred) of which none or a twentieth are
// null.
func BenchmarkRowGroup(b *testing.B) {
	for _, nulls := range []int{0, 5} {
		b.Run(fmt.Sprintf("nulls=%d%%", nulls), func(b *testing.B) {
			p, err := openBytes(randomFile(nulls), ParquetOptions{Dictionary: true})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				rec, err := p.ReadRowGroup(kernels.DefaultAllocator(), 0)
				if err != nil {
					b.Fatal(err)
				}
				rec.Release()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(3*DefaultRowGroupRows), "ns/value")
		})
	}
}

func randomFile(nulls int) []byte {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "int", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
		{Name: "float", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	build := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer build.Release()
	r := rand.New(rand.NewPCG(3, 4))
	for range DefaultRowGroupRows {
		for i, f := range build.Fields() {
			if r.IntN(100) < nulls {
				f.AppendNull()
				continue
			}
			switch i {
			case 0:
				f.(*array.Int32Builder).Append(r.Int32N(100))
			case 1:
				f.(*array.Float64Builder).Append(r.Float64())
			default:
				f.(*array.StringBuilder).Append(fmt.Sprintf("id%03d", r.IntN(100)))
			}
		}
	}
	rec := build.NewRecord()
	defer rec.Release()
	var out bytes.Buffer
	w := must(NewParquetWriter(memory.DefaultAllocator, &out, "bench", schema, ParquetWriteOptions{}))
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		panic(err)
	}
	return out.Bytes()
}
