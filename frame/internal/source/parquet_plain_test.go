package source

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels"
)

// A few rows that stand for a few of many words of several lengths, from an
// allocator whose buffers are larger than asked for: what arrow's own writer
// of dictionaries panicked on.
func TestWriteFewOfManyWords(t *testing.T) {
	mem := kernels.AllocatorFrom(context.Background())
	words := array.NewStringBuilder(memory.DefaultAllocator)
	for i := range 10_000 {
		words.Append(fmt.Sprintf("word%0*d", i%30, i))
	}
	dictionary := words.NewArray()
	indices := array.NewInt32Builder(memory.DefaultAllocator)
	for i := range 1000 {
		indices.Append(int32(i * 7919 % 10_000))
	}
	indices.AppendNull()
	codes := indices.NewArray()
	schema := arrow.NewSchema([]arrow.Field{{Name: "w", Type: dictionaryType, Nullable: true}}, nil)
	rec := array.NewRecord(schema, []arrow.Array{array.NewDictionaryArray(dictionaryType, codes, dictionary)}, 1001)

	var file bytes.Buffer
	w := must(NewParquetWriter(mem, &file, "few", schema, ParquetWriteOptions{RowGroupRows: 400}))
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "few.parquet")
	if err := os.WriteFile(name, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	p := must(OpenParquet(name, ParquetOptions{}))
	defer p.Close()
	row := int64(0)
	for g, group := range p.RowGroups() {
		got := must(p.ReadRowGroup(mem, g))
		compareRows(t, got, rec, row)
		got.Release()
		row += group.Rows
	}
	if row != 1001 {
		t.Errorf("%d rows came back", row)
	}
}
