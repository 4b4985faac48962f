package cluster_test

import (
	"context"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
)

var tree *graph.Func[int, int] // by itself

func init() {
	// tree is the sum of 1 over a binary tree of that depth, a task a node.
	tree = graph.NewFunc("clustertest.tree", func(ctx context.Context, depth int) (int, error) {
		time.Sleep(2 * time.Millisecond)
		if depth == 0 {
			return 1, nil
		}
		c, err := client.FromContext(ctx)
		if err != nil {
			return 0, err
		}
		fs, err := client.Map(ctx, c, tree, []int{depth - 1, depth - 1}, client.Impure())
		if err != nil {
			return 0, err
		}
		xs, err := client.Gather(ctx, fs...)
		if err != nil {
			return 0, err
		}
		return xs[0] + xs[1], nil
	})
}

// TestRecursionInProcesses: tasks submit tasks and wait for them in worker
// processes of one thread each, and the answer is right though one is killed
// meanwhile.
func TestRecursionInProcesses(t *testing.T) {
	cl, c, ctx := processes(t)
	f, err := client.Submit(ctx, c, tree, 7)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(150 * time.Millisecond)
	if err := cl.Kill(1); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Result(ctx); got != 128 || err != nil {
		t.Errorf("a tree of 128 leaves sums to %d, %v", got, err)
	}
}
