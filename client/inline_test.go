package client_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

var fill = graph.NewFunc("clienttest.fill", func(_ context.Context, n int) ([]byte, error) {
	return bytes.Repeat([]byte{7}, n), nil
})

var length = graph.NewFunc("clienttest.length", func(_ context.Context, parts [][]byte) (int, error) {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	return n, nil
})

// TestSmallAndLargeResults: what is inlined and what is fetched are the same to
// whoever asks, as results and as inputs on another worker.
func TestSmallAndLargeResults(t *testing.T) {
	c, ctx := connect(t, cluster.Workers(3))
	var fs []*client.Future[[]byte]
	total := 0
	for i, n := range []int{0, 1, 4000, 4094, 4095, 4096, 4097, 100_000, 1 << 20} {
		at := client.Workers([]string{"worker-0", "worker-1"}[i%2])
		fs = append(fs, must(client.Submit(ctx, c, fill, n, at))(t))
		total += n
	}
	there := must(client.Collect(ctx, c, length, fs, client.Workers("worker-2")))(t)
	if n := get(t, ctx, there); n != total {
		t.Errorf("a worker that holds none got %d bytes, not %d", n, total)
	}
	for range 2 { // gathering takes nothing away
		vs := must(client.Gather(ctx, fs...))(t)
		n := 0
		for _, v := range vs {
			n += bytes.Count(v, []byte{7})
		}
		if n != total {
			t.Errorf("gathered %d bytes, not %d", n, total)
		}
	}
}
