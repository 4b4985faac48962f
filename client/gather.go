package client

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

const (
	// gatherTries is how often a value is asked for, each time after the
	// scheduler has named a holder.
	gatherTries = 10
	// fetchItems and fetchBytes bound one request to a holder.
	fetchItems = 4096
	fetchBytes = 64 << 20
	// fetchesAtOnce bounds the requests under way.
	fetchesAtOnce = 8
	busyWait      = 20 * time.Millisecond
)

// Gather waits for all of fs and returns their values, in order, fetched
// straight from the workers that hold them. The error is that of the first that
// failed; then nothing is returned. Values of a kind of [graph.Value] are the
// caller's to release.
func Gather[T any](ctx context.Context, fs ...*Future[T]) ([]T, error) {
	defer runtime.KeepAlive(fs)
	if len(fs) == 0 {
		return nil, nil
	}
	if err := WaitAll(ctx, fs...); err != nil {
		return nil, err
	}
	ws := make([]*want, len(fs))
	for i, f := range fs {
		if f.h.w.c != fs[0].h.w.c {
			return nil, fmt.Errorf("client: gather: futures %v and %v belong to two clients", fs[0].Key(), f.Key())
		}
		ws[i] = f.h.w
	}
	vs, err := ws[0].c.gather(ctx, ws)
	if err != nil {
		return nil, explain(ctx, err)
	}
	return decodeAll[T](fs, vs)
}

// decodeAll returns what vs hold. Where T is what came, the reference goes to
// the caller.
func decodeAll[T any](fs []*Future[T], vs []graph.Value) ([]T, error) {
	out := make([]T, len(vs))
	for i, v := range vs {
		if err := graph.Decode(v, &out[i]); err != nil {
			releaseAll(vs)
			return nil, fmt.Errorf("client: result of %v: %w", fs[i].Key(), err)
		}
	}
	return out, nil
}

func releaseAll(vs []graph.Value) {
	for _, v := range vs {
		if v != nil {
			v.Release()
		}
	}
}

// A place is where a value is asked for.
type place struct {
	worker  uint32
	address string
}

// A parcel is what is asked of one holder in one request: indexes of wants.
type parcel struct {
	from  place
	index []int
}

// gather waits for all of ws and returns their values.
func (c *Client) gather(ctx context.Context, ws []*want) ([]graph.Value, error) {
	out := make([]graph.Value, len(ws))
	left := make([]int, len(ws))
	for i := range ws {
		left[i] = i
	}
	for try := 0; len(left) > 0; try++ {
		if try == gatherTries {
			releaseAll(out)
			return nil, &graph.TaskError{
				Kind: graph.KindLost, Task: ws[left[0]].key.String(),
				Message: fmt.Sprintf("none of the workers that were said to hold it had it, %d times", try),
			}
		}
		missing := make([]*want, len(left))
		for i, n := range left {
			missing[i] = ws[n]
		}
		err := c.waitAll(ctx, missing)
		if err == nil {
			left, err = c.takeInlined(ctx, ws, left, out)
		}
		if err == nil {
			err = c.fetchAll(ctx, ws, c.parcels(ws, left, try), out)
		}
		if err != nil {
			releaseAll(out)
			return nil, err
		}
		left = left[:0]
		for i, v := range out {
			if v == nil {
				left = append(left, i)
			}
		}
	}
	return out, nil
}

// parcels says what to ask of whom for the wants with the given indexes. Every
// further try asks another holder, where there is one. Wants that are not ready
// any more are left out.
func (c *Client) parcels(ws []*want, index []int, try int) []*parcel {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ps []*parcel
	open := map[uint32]*parcel{}
	bytes := map[uint32]int64{}
	for _, i := range index {
		w := ws[i]
		if w.state != ready || len(w.holders) == 0 {
			continue
		}
		at := w.holders[(int(w.key.Hash[0])+try)%len(w.holders)]
		p := open[at]
		if p == nil || len(p.index) >= fetchItems || bytes[at]+w.bytes > fetchBytes {
			p = &parcel{from: place{at, c.peers[at].address}}
			open[at], bytes[at] = p, 0
			ps = append(ps, p)
		}
		p.index = append(p.index, i)
		bytes[at] += w.bytes
	}
	return ps
}

// fetchAll fetches the parcels into out. What a holder did not have is
// reported, and is still nil. The error is one that asking again cannot change.
func (c *Client) fetchAll(ctx context.Context, ws []*want, ps []*parcel, out []graph.Value) error {
	var all sync.WaitGroup
	room := make(chan struct{}, fetchesAtOnce)
	errs := make([]error, len(ps))
	for i, p := range ps {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			errs[i] = c.fetchParcel(ctx, ws, p, out)
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) fetchParcel(ctx context.Context, ws []*want, p *parcel, out []graph.Value) error {
	tasks := make([]graph.TaskID, len(p.index))
	c.mu.Lock()
	for n, i := range p.index {
		tasks[n] = ws[i].task
	}
	c.mu.Unlock()
	f := fetch(ctx, c.data, p.from.address, tasks)
	for n, v := range f.values {
		out[p.index[n]] = v
	}
	switch {
	case ctx.Err() != nil || f.fatal != nil:
		return f.fatal
	case f.busy:
		select {
		case <-time.After(busyWait):
		case <-ctx.Done():
		}
		return nil
	case f.broken != nil:
		c.settings.log.Warn("fetching results failed", "worker", c.name(p.from.worker), "address", p.from.address, "error", f.broken)
	}
	for n, i := range p.index {
		if err := f.damaged[n]; err != nil {
			c.settings.log.Warn("a result was damaged on its way", "key", ws[i].key, "worker", c.name(p.from.worker), "error", err)
		}
		if out[i] == nil {
			c.reportGone(ws[i], tasks[n], p.from.worker)
		}
	}
	return nil
}

// reportGone tells the scheduler that the worker does not have what it was said
// to, unless it has said otherwise since.
func (c *Client) reportGone(w *want, task graph.TaskID, worker uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.state != ready || w.task != task || w.refs == 0 || c.alive() != nil {
		return
	}
	// What is under way already about the key counts: it may be all that comes.
	w.setPending()
	c.say(&pb.FromClient{Gone: &pb.Gone{Key: wire.KeyToPB(w.key), Worker: worker}})
}

func (c *Client) name(worker uint32) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.peers[worker].name
}
