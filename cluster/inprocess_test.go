package cluster_test

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
)

// TestInProcessWorkersLeaveTheProgramAlone: what a program takes beside its workers,
// far more than their limit, is its own affair.
func TestInProcessWorkersLeaveTheProgramAlone(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	_, c, ctx := start(t, cluster.Memory(16<<20))
	own := make([]byte, 512<<20)
	for i := 0; i < len(own); i += 4096 {
		own[i] = 1
	}
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); { // several looks of the worker's
		f, err := client.Submit(ctx, c, noop, 42, client.Impure())
		if err != nil {
			t.Fatal(err)
		}
		if n, err := f.Result(ctx); err != nil || n != 42 {
			t.Fatal(n, err)
		}
		f.Release()
	}
	if now := debug.SetMemoryLimit(-1); now != before {
		t.Errorf("Go's limit is %d, and was %d before there was a worker", now, before)
	}
	runtime.KeepAlive(own)
}
