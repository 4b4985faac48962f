package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// RetireWorkers lets workers, given by name or address, finish what they do and
// go, losing nothing, and returns when they have gone. The error wraps
// ErrNotFound if one is not there, and ErrStuck if what only one has fits
// nowhere else; it stays then, takes no more tasks, and goes when there is room,
// or when nobody needs its results any more. If ctx ends first, the workers still
// retire.
func (c *Client) RetireWorkers(ctx context.Context, workers ...string) error {
	if len(workers) == 0 {
		return nil
	}
	ids, err := c.workerIDs(ctx, workers...)
	if err != nil {
		return err
	}
	return c.retire(ctx, ids)
}

// RetireSome is [RetireWorkers] for n workers, those that have least to do and
// to keep, and returns their names.
func (c *Client) RetireSome(ctx context.Context, n int) ([]string, error) {
	in, err := c.Info(ctx)
	if err != nil {
		return nil, err
	}
	ws := slices.DeleteFunc(in.Workers, func(w WorkerInfo) bool { return w.Retiring })
	if n < 0 || n > len(ws) {
		return nil, fmt.Errorf("client: %w: cannot retire %d workers: %d are there that do not retire already", ErrBadAsk, n, len(ws))
	}
	slices.SortStableFunc(ws, func(a, b WorkerInfo) int {
		return cmp.Or(cmp.Compare(a.Processing, b.Processing), cmp.Compare(a.Holding, b.Holding), cmp.Compare(b.ID, a.ID))
	})
	var ids []uint32
	var names []string
	for _, w := range ws[:n] {
		ids, names = append(ids, w.ID), append(names, w.Name)
	}
	if n == 0 {
		return nil, nil
	}
	return names, c.retire(ctx, ids)
}

func (c *Client) retire(ctx context.Context, ids []uint32) error {
	if _, err := c.inquire(ctx, &pb.FromClient{RetireAll: ids}); err != nil {
		return err
	}
	var stuck stuckWatch
	err := c.poll(ctx, "retire workers", func(in *Info) string {
		if stuck.look(in, ids) {
			return ""
		}
		var left []string
		for _, w := range in.Workers {
			if slices.Contains(ids, w.ID) {
				left = append(left, fmt.Sprintf("%s (%d tasks, %d bytes of results)", w.Name, w.Processing, w.Holding))
			}
		}
		if len(left) == 0 {
			return ""
		}
		return fmt.Sprintf("still there: %v", left)
	})
	return cmp.Or(stuck.err, err)
}
