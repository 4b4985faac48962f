package outofcore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
)

// small starts a worker in this process that may have limit bytes.
func small(t *testing.T, limit int64) *client.Client {
	t.Helper()
	local, err := cluster.Local(t.Context(), cluster.Workers(1), cluster.Threads(2), cluster.Memory(limit), cluster.Spill(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	c, err := local.Client(t.Context())
	if err != nil {
		t.Fatal(errors.Join(err, local.Close()))
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), local.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// largest is what the task needs that needs most, and what one surely does.
func largest(t *testing.T, g *graph.Graph, err error) (most, sure int64) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	f := graph.Foresee(graph.Optimize(g))
	for _, n := range f.Sure {
		sure = max(sure, n.Sure)
	}
	return f.Most.Bytes(), sure
}

// TestJustEnough: with as much memory as the largest task needs, a computation
// on many times as much data ends right; with less than one surely needs, it is
// refused before anything runs.
func TestJustEnough(t *testing.T) {
	x := array.Random(1).Normal(0, 1, []int{2048, 2048}, array.ChunkShape(256, 256))
	y := array.Random(2).Normal(0, 1, []int{2048, 2048}, array.ChunkShape(256, 256))
	sum := array.MatMul(x, y).Sum()
	key := array.Random(3).Integers(0, 100, []int{1 << 20}, array.ChunkShape(1<<16))
	groups := frame.FromArrays([]string{"key", "value"}, key, key).GroupBy("key").Agg(frame.Sum("value").As("s")).Sort(frame.Asc("key"))
	for _, c := range []struct {
		name  string
		graph func() (*graph.Graph, error)
		run   func(ctx context.Context, r graph.Runner) (string, error)
	}{
		{"product", func() (*graph.Graph, error) { return array.Graph(sum) }, func(ctx context.Context, r graph.Runner) (string, error) {
			s, err := sum.Scalar(ctx, r)
			return fmt.Sprint(s), err
		}},
		{"groups", groups.Graph, func(ctx context.Context, r graph.Runner) (string, error) {
			table, err := groups.Compute(ctx, r)
			if err != nil {
				return "", err
			}
			defer table.Release()
			return fmt.Sprint(table.Column(1)), nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := c.graph()
			most, sure := largest(t, g, err)
			want, err := c.run(t.Context(), local)
			if err != nil {
				t.Fatal(err)
			}
			enough := most + most/8
			if got, err := c.run(t.Context(), small(t, enough)); err != nil || got != want {
				t.Errorf("in %d bytes it is %q, %v, want %q", enough, got, err, want)
			}
			client := small(t, sure-1)
			_, err = c.run(t.Context(), client)
			var te *graph.TaskError
			if !errors.Is(err, graph.ErrMemory) || !errors.As(err, &te) || te.Op == "" || te.Task == "" {
				t.Fatalf("in %d bytes: %v", sure-1, err)
			}
			for _, part := range []string{"nothing was run", fmt.Sprintf("it needs %d bytes", sure), fmt.Sprintf("has %d", sure-1)} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			info, err := client.Info(t.Context())
			if err != nil || info.Finished != 0 || info.Workers[0].TasksRun != 0 {
				t.Errorf("%d tasks were run, %v", info.Finished, err)
			}
		})
	}
}
