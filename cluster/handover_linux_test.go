package cluster_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// flood yields a block of so many numbers, all the same.
const flood = "clustertest.flood"

func init() {
	graph.Register(flood, func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		n, x := binary.LittleEndian.Uint32(c.Attr), binary.LittleEndian.Uint32(c.Attr[4:])
		b, err := kernels.Zeros(kernels.AllocatorFrom(ctx), kernels.Float64, int(n))
		if err != nil {
			return nil, err
		}
		fs := kernels.Data[float64](b)
		for i := range fs {
			fs[i] = float64(x)
		}
		return b, nil
	})
}

// flooded is the graph of one such block.
func flooded(n, x int) *graph.Graph {
	b := &graph.Builder{}
	attr := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(n)), uint32(x))
	b.Output(b.Add(graph.Class{Op: flood}, attr), graph.NewKey("flooded").With(fmt.Sprint(n, x)))
	return b.Graph()
}

// isFlooded returns what is wrong with such a block.
func isFlooded(v graph.Value, n, x int) error {
	fs := kernels.Data[float64](v.(*kernels.Block))
	if len(fs) != n {
		return fmt.Errorf("%d numbers of %d", len(fs), n)
	}
	for i, f := range fs {
		if f != float64(x) {
			return fmt.Errorf("number %d of %d is %v, not %d", i, n, f, x)
		}
	}
	return nil
}

// mappings counts the files of workers that this process has mapped.
func mappings(t *testing.T) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(maps), "/memfd:ashlar")
}

// TestWhatIsReadOutlivesItsWorker: values that a client reads where they lie stay
// what they are when their worker ends, in whatever way, though there were
// more than its memory has room for.
func TestWhatIsReadOutlivesItsWorker(t *testing.T) {
	const n = 20 << 20 / 8
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			cl, c, ctx := processes(t, cluster.Workers(1), cluster.Memory(32<<20))
			var vs []graph.Value
			for x := range 3 {
				out, err := c.Run(ctx, flooded(n, x+1))
				if err != nil {
					t.Fatal(err)
				}
				vs = append(vs, out[0])
			}
			if mappings(t) == 0 {
				t.Fatal("nothing is read where it lies")
			}
			pid := cl.Worker(0).Pid
			if err := cl.Signal(0, sig); err != nil {
				t.Fatal(err)
			}
			await(t, c, "the worker is gone", func(in *client.Info) bool {
				return !slices.ContainsFunc(in.Workers, func(w client.WorkerInfo) bool { return w.Pid == pid })
			})
			for x, v := range vs {
				if err := isFlooded(v, n, x+1); err != nil {
					t.Error(err)
				}
				v.Release()
			}
			for end := time.Now().Add(10 * time.Second); mappings(t) > 0 && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			if m := mappings(t); m > 0 {
				t.Errorf("%d files are still mapped", m)
			}
		})
	}
}
