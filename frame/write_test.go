package frame

import (
	"context"
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
