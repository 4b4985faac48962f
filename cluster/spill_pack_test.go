//go:build linux

package cluster_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
)

// TestCompressSpill: zeros that memory has no room for take little of the disk, and
// come back.
func TestCompressSpill(t *testing.T) {
	_, c, ctx := start(t, cluster.Memory(64<<20), cluster.CompressSpill("lz4"), cluster.Checksums(), cluster.Compress("auto"))
	for range 20 {
		f, err := client.Submit(ctx, c, megabytes, 8, client.Impure())
		if err != nil {
			t.Fatal(err)
		}
		defer f.Release()
		defer func() {
			b, err := f.Result(ctx)
			if err != nil || b.Size() != 8<<20 {
				t.Errorf("it comes back as %v, %v", b, err)
			}
			b.Release()
		}()
		if err := f.Wait(ctx); err != nil {
			t.Fatal(err)
		}
	}
	disk := int64(0)
	for end := time.Now().Add(20 * time.Second); disk == 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		in, err := c.Info(ctx) // says what the last heartbeat said
		if err != nil {
			t.Fatal(err)
		}
		disk = in.Workers[0].Spilled
	}
	if disk == 0 || disk > 32<<20 { // what is being written counts as it is in memory
		t.Errorf("160 MiB of zeros in a worker of 64 MiB take %d bytes of disk", disk)
	}
}

func TestMethodsAreChecked(t *testing.T) {
	for _, o := range []cluster.Option{cluster.CompressSpill("zip"), cluster.Compress("zip")} {
		if _, err := cluster.Local(t.Context(), o); err == nil || !strings.Contains(err.Error(), `"zip"`) {
			t.Errorf("error %v", err)
		}
	}
}
