package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go/format"
)

// limited refuses to give more than a limit in all.
type limited struct {
	memory.Allocator
	left int
}

func (l *limited) Allocate(n int) []byte {
	if l.left -= n; l.left < 0 {
		return nil
	}
	return l.Allocator.Allocate(n)
}

// nestedFile is a small file of lists and structs, with pages of version 2.
func nestedFile(codec compress.Compression) []byte {
	mem := memory.DefaultAllocator
	item := arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, arrow.Field{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true})
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "list", Type: arrow.ListOf(item), Nullable: true},
		{Name: "flag", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "delta", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	list := b.Field(0).(*array.ListBuilder)
	pair := list.ValueBuilder().(*array.StructBuilder)
	for i := range 200 {
		b.Field(1).(*array.BooleanBuilder).Append(i%3 == 0)
		b.Field(2).(*array.Int64Builder).Append(int64(i * i))
		if i%5 == 4 {
			list.AppendNull()
			continue
		}
		list.Append(true)
		for k := range i % 4 {
			pair.Append(k != 2)
			pair.FieldBuilder(0).(*array.Int64Builder).Append(int64(i))
			pair.FieldBuilder(1).(*array.StringBuilder).Append("text"[:k])
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	var out bytes.Buffer
	w := must(pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(parquet.WithCompression(codec), parquet.WithDictionaryDefault(false),
		parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithDataPageSize(256), parquet.WithEncodingFor("delta", parquet.Encodings.DeltaBinaryPacked)),
		pqarrow.DefaultWriterProps()))
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// FuzzParquetPages reads all columns of damaged files: there is no panic, no
// leak, an error that says that the file is malformed, and no more memory than
// a file of that size has reason for.
func FuzzParquetPages(f *testing.F) {
	for seed := range 3 {
		f.Add(sampleFile(seed))
	}
	f.Add(nestedFile(compress.Codecs.Uncompressed))
	f.Add(nestedFile(compress.Codecs.Zstd))
	f.Fuzz(func(t *testing.T, b []byte) {
		checked := checkedMem(t)
		for _, opts := range []ParquetOptions{{}, {Dictionary: true}} {
			p, err := openBytes(b, opts)
			if err != nil {
				continue
			}
			for g := range p.RowGroups() {
				for _, c := range p.columns {
					mem := &limited{checked, 256<<20 + 100*len(b)}
					rec, err := p.ReadRowGroup(mem, g, c.name)
					if err == nil {
						rec.Release()
					} else if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrColumn) {
						t.Fatalf("an error of another kind: %v", err)
					}
					if errors.Is(err, kernels.ErrMemory) {
						t.Fatalf("%d bytes of file asked for %d of memory", len(b), 256<<20+100*len(b)-mem.left)
					}
				}
			}
		}
	})
}

// FuzzPageHeader: any bytes are a header within them, or none.
func FuzzPageHeader(f *testing.F) {
	f.Add(nestedFile(compress.Codecs.Uncompressed)[4:64])
	f.Add([]byte{0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 2, 0x2c, 0x15, 2, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := readPageHeader(b)
		if err == nil && (n > len(b) || h.size < 0 || h.packed < 0 || h.values < 0 || h.defBytes < 0 || h.repBytes < 0) {
			t.Fatalf("%+v of %d bytes", h, n)
		}
	})
}

// What pages claim is not what memory is taken by.
func TestHostileSizes(t *testing.T) {
	for codec := range expansion {
		for _, size := range []int{1<<31 - 1, 1 << 28} {
			out, err := decompress(codec, []byte("this is packed by nobody"), size, nil)
			if err == nil || out != nil {
				t.Errorf("%v: %d bytes, %v", codec, len(out), err)
			}
		}
	}
}

// The lengths of a page of texts must leave room for one another: what the first
// claim is checked before the last are seen.
func TestTextsLeaveRoomForLengths(t *testing.T) {
	const n = 4096
	data := make([]byte, 8*n, 8*n+pagePad)
	for at := 0; at+20 <= len(data); at += 20 {
		binary.LittleEndian.PutUint32(data[at:], 16)
	}
	w := &words{mem: checkedMem(t)}
	defer w.release()
	if err := w.reserve(n); err != nil {
		t.Fatal(err)
	}
	if err := w.plain(data, n); !errors.Is(err, errPageCut) {
		t.Errorf("texts of 16 bytes in a page with room for %d of 4: %v", n, err)
	}
}

// A page that decompresses to nothing is not the end of the pages.
func TestEmptyGzipIsNoEnd(t *testing.T) {
	var empty bytes.Buffer
	w := gzip.NewWriter(&empty)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, packed := range [][]byte{empty.Bytes(), nil} {
		r := &chunkReader{codec: format.Gzip, chunkScratch: &chunkScratch{}}
		if _, err := r.unpack(packed, 100); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("100 bytes of %d: %v", len(packed), err)
		}
	}
}
