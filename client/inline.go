package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
)

// takeInlined puts into out the values of those wants with the given indexes
// that came with the news that they are there, and returns the other indexes.
func (c *Client) takeInlined(ctx context.Context, ws []*want, index []int, out []graph.Value) (others []int, err error) {
	found := make([]int, 0, len(index))
	encodings := make([][]byte, 0, len(index))
	c.mu.Lock()
	for _, i := range index {
		if w := ws[i]; w.state == ready && w.inline != nil {
			found, encodings = append(found, i), append(encodings, w.inline)
		} else {
			others = append(others, i)
		}
	}
	c.mu.Unlock()
	mem := kernels.AllocatorFrom(ctx)
	for n, i := range found {
		if out[i], err = wire.FromInline(encodings[n], mem); err != nil {
			out[i] = nil
			return nil, fmt.Errorf("client: gather: result of %v: %w", ws[i].key, err)
		}
	}
	return others, nil
}
