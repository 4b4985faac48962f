package source

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// sampleFile returns a small file of every type.
func sampleFile(seed int) []byte {
	draw := rapid.Custom(func(t *rapid.T) arrow.Record { return drawRecord(t, memory.DefaultAllocator) })
	rec := draw.Example(seed)
	if rec.NumRows() > 100 {
		rec = rec.NewSlice(0, 100)
	}
	var buf bytes.Buffer
	w := must(NewParquetWriter(memory.DefaultAllocator, &buf, "sample", rec.Schema(), ParquetWriteOptions{Compression: Compression(seed % 3)}))
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

func openBytes(b []byte, opts ParquetOptions) (*Parquet, error) {
	p := &Parquet{file: &File{ReaderAt: bytes.NewReader(b), Path: "bytes", Size: int64(len(b))}, opts: opts}
	return p, p.readFooter()
}

// readEverything reads what can be read, column by column.
func readEverything(p *Parquet, mem memory.Allocator) (failed int) {
	for g := range p.RowGroups() {
		for _, c := range p.columns {
			_, _, _ = p.Bounds(g, c.name)
			rec, err := p.ReadRowGroup(mem, g, c.name)
			if err != nil {
				failed++
				continue
			}
			rec.Release()
		}
	}
	return failed
}

// Damage anywhere is an error or unnoticed; it is never a panic nor a leak.
func TestDamagedFiles(t *testing.T) {
	mem := checkedMem(t)
	random := rand.New(rand.NewPCG(1, 2))
	failed := 0
	for seed := range 3 {
		whole := sampleFile(seed)
		for range 150 {
			b := bytes.Clone(whole)
			for range 1 + random.IntN(3) {
				b[4+random.IntN(len(b)-12)] = byte(random.Uint32())
			}
			p, err := openBytes(b, ParquetOptions{Dictionary: seed == 1})
			if err != nil {
				failed++
				continue
			}
			failed += readEverything(p, mem)
		}
	}
	if failed < 100 {
		t.Errorf("only %d errors: the damage does not reach the decoder", failed)
	}
}

func FuzzParquetFooter(f *testing.F) {
	for seed := range 3 {
		f.Add(sampleFile(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := openBytes(b, ParquetOptions{})
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		for g := range p.RowGroups() {
			for _, c := range p.columns {
				_, _, _ = p.Bounds(g, c.name)
			}
		}
	})
}
