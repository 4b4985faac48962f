package cluster_test

import (
	"runtime"
	"testing"

	"github.com/ashlar-go/ashlar/cluster"
)

var litter []byte

// TestCollectLess: 30 MB of garbage are not collected in small portions.
func TestCollectLess(t *testing.T) {
	t.Setenv("GOGC", "")
	collections := func() uint32 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for range 30_000 {
			litter = make([]byte, 1000)
		}
		runtime.ReadMemStats(&after)
		return after.NumGC - before.NumGC
	}
	usual := collections()
	undo := cluster.CollectLess()
	less := collections()
	undo()
	if usual == 0 || less > 0 {
		t.Errorf("collected %d times, and then %d times", usual, less)
	}
}
