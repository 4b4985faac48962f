package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
)

// Value waits for value i of those published and gathers it, whatever it is. The
// caller releases it.
func (d *Dataset) Value(ctx context.Context, i int) (graph.Value, error) {
	h, ok := d.Held[i].(*hold)
	if !ok {
		return nil, fmt.Errorf("client: dataset %q: value %d was not opened by a client", d.Name, i)
	}
	if err := h.Wait(ctx); err != nil {
		return nil, explain(ctx, err)
	}
	vs, err := h.w.c.gather(ctx, []*want{h.w})
	if err != nil {
		return nil, explain(ctx, err)
	}
	return vs[0], nil
}

var _ graph.Library = (*Client)(nil)

// OpenHeld is [Client.OpenKeys] for collections, which know what their notes
// mean: see the Open of packages array and frame.
func (c *Client) OpenHeld(ctx context.Context, name string) ([]graph.Held, []byte, error) {
	d, err := c.OpenKeys(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	return d.Held, d.Note, nil
}
