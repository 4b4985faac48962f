package frame

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

// TestWritingTwiceIsRefused: old parts would be read together with new ones.
func TestWritingTwiceIsRefused(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	if _, err := people(t).WriteParquet(ctx, &graph.Local{}, dir); err != nil {
		t.Fatal(err)
	}
	_, err := people(t).Head(1).WriteParquet(ctx, &graph.Local{}, dir)
	if err == nil || !strings.Contains(err.Error(), "part-00000.parquet") {
		t.Fatalf("writing to the same directory again gave %v; the message must name a file", err)
	}
	if _, err := people(t).WriteCSV(ctx, &graph.Local{}, dir); err != nil {
		t.Errorf("files of another kind are no obstacle: %v", err)
	}
}

// TestEmptyPartitionsAreNotWritten, but the first, which has the schema.
func TestEmptyPartitionsAreNotWritten(t *testing.T) {
	ctx, l := context.Background(), &graph.Local{}
	all := people(t)
	first, err := all.Head(1).Compute(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Release()
	none, err := all.Head(0).Compute(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	defer none.Release()
	for name, c := range map[string]struct {
		f     *Frame
		files []string
		rows  int64
	}{
		"all empty":  {FromTables(none, none), []string{"part-00000.parquet"}, 0},
		"the second": {FromTables(first, none, first), []string{"part-00000.parquet", "part-00002.parquet"}, 2},
		"the first":  {FromTables(none, first), []string{"part-00000.parquet", "part-00001.parquet"}, 1},
	} {
		paths, err := c.f.WriteParquet(ctx, l, filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var files []string
		for _, p := range paths {
			files = append(files, filepath.Base(p))
		}
		there, err := filepath.Glob(filepath.Join(filepath.Dir(paths[0]), "*"))
		if err != nil || !slices.Equal(files, c.files) || len(there) != len(files) {
			t.Errorf("%s: %v are said to be written and %v are there, want %v", name, files, there, c.files)
		}
		back := ReadParquet(paths...)
		if n, err := back.Count(ctx, l); int64(n) != c.rows || err != nil || !slices.Equal(back.Columns(), all.Columns()) {
			t.Errorf("%s: %d rows of %v come back, %v", name, n, back.Columns(), err)
		}
	}
}
