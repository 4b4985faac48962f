//go:build oracle

package source

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// oracle runs testdata/oracle.py with the peers' Python, which
// bench/peers/setup.sh installs.
func oracle(t *testing.T, args ...string) {
	t.Helper()
	python := filepath.Join("..", "..", "..", "bench", "peers", ".venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("no peers (run bench/peers/setup.sh): %v", err)
	}
	out, err := exec.Command(python, append([]string{"testdata/oracle.py"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("oracle.py %v: %v\n%s", args, err, out)
	}
}

func readReference(t *testing.T, dir string) arrow.Record {
	f := must(os.Open(filepath.Join(dir, "reference.arrow")))
	t.Cleanup(func() { f.Close() })
	r := must(ipc.NewFileReader(f))
	t.Cleanup(func() { r.Close() })
	return must(r.Record(0))
}

// Files of pyarrow (16 kinds), polars and DuckDB read as they were meant, and
// they read ours.
func TestOracle(t *testing.T) {
	dir := t.TempDir()
	oracle(t, "write", dir)
	want := readReference(t, dir)
	files := must(Glob(filepath.Join(dir, "*.parquet")))
	if len(files) != 18 {
		t.Fatalf("%d files: %v", len(files), files)
	}
	for _, name := range files {
		for _, opts := range []ParquetOptions{{}, {Dictionary: true}} {
			compareFile(t, name, opts, want)
		}
	}
	writeParquet(t, memory.DefaultAllocator, filepath.Join(dir, "ours.parquet"), want, ParquetWriteOptions{RowGroupRows: 7000})
	f := must(Create(filepath.Join(dir, "ours.csv")))
	w := must(NewCSVWriter(f, "ours.csv", want.Schema(), CSVWriteOptions{}))
	if err := errors.Join(w.Write(want), w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	oracle(t, "read", dir)
}

// Nested columns, decimals, old timestamps, every encoding and codec.
func TestOracleKinds(t *testing.T) {
	dir := t.TempDir()
	oracle(t, "kinds", dir)
	want := readReference(t, dir)
	files := must(Glob(filepath.Join(dir, "*.parquet")))
	if len(files) != 13 {
		t.Fatalf("%d files: %v", len(files), files)
	}
	for _, name := range files {
		compareFile(t, name, ParquetOptions{}, want)
	}
}

func compareFile(t *testing.T, name string, opts ParquetOptions, want arrow.Record) {
	mem := checkedMem(t)
	p := must(OpenParquet(name, opts))
	defer p.Close()
	start := int64(0)
	for g, group := range p.RowGroups() {
		rec, err := p.ReadRowGroup(mem, g)
		if err != nil {
			t.Fatal(err)
		}
		for k, f := range rec.Schema().Fields() {
			other := want.Column(want.Schema().FieldIndices(f.Name)[0])
			part := array.NewSlice(other, start, start+group.Rows)
			if !sameTexts(rec.Column(k), part) {
				t.Errorf("%s: row group %d, column %s (%v) differs", name, g, f.Name, f.Type)
			}
			checkBounds(t, p, g, f.Name, rec.Column(k))
			part.Release()
		}
		start += group.Rows
		rec.Release()
	}
	if start != want.NumRows() {
		t.Errorf("%s: %d rows of %d", name, start, want.NumRows())
	}
}

// sameTexts compares lists and structs by their parts, whatever these are
// called, and other values as texts.
func sameTexts(a, b arrow.Array) bool {
	switch a := a.(type) {
	case *array.List:
		b, ok := b.(*array.List)
		return ok && sameLists(a, b)
	case *array.Struct:
		b, ok := b.(*array.Struct)
		if !ok || a.Len() != b.Len() || a.NumField() != b.NumField() {
			return false
		}
		for i := range a.Len() {
			if a.IsNull(i) != b.IsNull(i) {
				return false
			}
		}
		for k := range a.NumField() {
			if !sameTexts(a.Field(k), b.Field(k)) {
				return false
			}
		}
		return true
	}
	for i := range a.Len() {
		if a.IsNull(i) != b.IsNull(i) || !a.IsNull(i) && a.ValueStr(i) != b.ValueStr(i) {
			return false
		}
	}
	return a.Len() == b.Len()
}

func sameLists(a, b *array.List) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		startA, endA := a.ValueOffsets(i)
		startB, endB := b.ValueOffsets(i)
		if a.IsNull(i) != b.IsNull(i) || endA-startA != endB-startB {
			return false
		}
	}
	if a.Len() == 0 {
		return true
	}
	startA, _ := a.ValueOffsets(0)
	startB, _ := b.ValueOffsets(0)
	_, endA := a.ValueOffsets(a.Len() - 1)
	_, endB := b.ValueOffsets(b.Len() - 1)
	partA, partB := array.NewSlice(a.ListValues(), startA, endA), array.NewSlice(b.ListValues(), startB, endB)
	defer partA.Release()
	defer partB.Release()
	return sameTexts(partA, partB)
}

// checkBounds checks that statistics hold what they promise.
func checkBounds(t *testing.T, p *Parquet, group int, name string, col arrow.Array) {
	b, ok, err := p.Bounds(group, name)
	if err != nil || !ok {
		return
	}
	for i := range col.Len() {
		if col.IsNull(i) {
			continue
		}
		inside := true
		switch col := col.(type) {
		case *array.Int64:
			inside = b.Min.(int64) <= col.Value(i) && col.Value(i) <= b.Max.(int64)
		case *array.Float64:
			inside = b.Min.(float64) <= col.Value(i) && col.Value(i) <= b.Max.(float64)
		case *array.String:
			inside = b.Min.(string) <= col.Value(i) && col.Value(i) <= b.Max.(string)
		}
		if !inside {
			t.Fatalf("%s: row group %d, column %s: %s outside %v", p.Path(), group, name, col.ValueStr(i), b)
		}
	}
}
