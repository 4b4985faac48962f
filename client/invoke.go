package client

import (
	"cmp"
	"context"
	"fmt"
	"runtime"

	"github.com/ashlar-go/ashlar/graph"
)

// Submit calls fn with arg on some worker and returns the future of its result.
// Equal calls are one call unless Impure is given. An argument that is a kind
// of [graph.Value], such as a block, is brought to the cluster with [Scatter]
// and passed with [Then].
func Submit[In, Out any](ctx context.Context, c *Client, fn *graph.Func[In, Out], arg In, opts ...CallOption) (*Future[Out], error) {
	fs, err := Map(ctx, c, fn, []In{arg}, opts...)
	if err != nil {
		return nil, err
	}
	return fs[0], nil
}

// mapBatches is how many calls of a Map are submitted at once, unless Batch says:
// the cluster works on the first while the others are being prepared.
const mapBatches = 4096

// Map calls fn with each of args and returns the futures in the order of args.
// Very many are submitted some at a time, see [Batch]. With the option Key, the
// calls are named by it and their number.
func Map[In, Out any](ctx context.Context, c *Client, fn *graph.Func[In, Out], args []In, opts ...CallOption) ([]*Future[Out], error) {
	call, err := newCall(fn.Name(), opts)
	if err != nil {
		return nil, err
	}
	attrs := make([][]byte, len(args)) // before anything is submitted
	for i, a := range args {
		if attrs[i], err = fn.Literal(a); err != nil {
			return nil, fmt.Errorf("client: argument %d: %w", i, err)
		}
	}
	fs := make([]*Future[Out], 0, len(args))
	for first, size := 0, cmp.Or(call.batch, mapBatches); first < len(args); first += size {
		more, err := mapBatch[Out](ctx, c, fn.Name(), call, attrs, first, min(first+size, len(args)))
		if err != nil {
			for _, f := range fs {
				f.Release()
			}
			return nil, err
		}
		fs = append(fs, more...)
	}
	return fs, nil
}

// mapBatch calls fn with what attrs[first:last] say.
func mapBatch[Out any](ctx context.Context, c *Client, fn string, call *call, attrs [][]byte, first, last int) ([]*Future[Out], error) {
	b := &graph.Builder{}
	b.Grow(last - first)
	for i := first; i < last; i++ {
		k := call.keyOf(fn, attrs[i])
		if call.key != "" && len(attrs) > 1 {
			k = k.With(fmt.Sprintf("(%d)", i))
		}
		b.Output(b.Add(call.class(fn), attrs[i]), k)
	}
	hs, err := c.invoke(ctx, b.Graph())
	return futures[Out](hs), err
}

// Then calls fn with the value of f, which does not leave the workers.
func Then[In, Out any](ctx context.Context, fn *graph.Func[In, Out], f *Future[In], opts ...CallOption) (*Future[Out], error) {
	call, err := newCall(fn.Name(), opts)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(f)
	k := f.Key()
	b := &graph.Builder{}
	t := b.Add(call.class(fn.Name()), graph.ArgValue(), b.Input(k).Whole())
	b.Output(t, call.keyOf(fn.Name(), []byte("then"), k.Hash[:]))
	return invokeOne[Out](ctx, f.h.w.c, b.Graph(), f.h)
}

// Collect calls fn with the slice of the values of fs, which do not pass
// through this program.
func Collect[In, Out any](ctx context.Context, c *Client, fn *graph.Func[[]In, Out], fs []*Future[In], opts ...CallOption) (*Future[Out], error) {
	call, err := newCall(fn.Name(), opts)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(fs)
	b := &graph.Builder{}
	deps, holds := make([]graph.Dep, len(fs)), make([]*hold, len(fs))
	args := [][]byte{[]byte("collect")}
	for i, f := range fs {
		k := f.Key()
		deps[i], holds[i] = b.Input(k).Whole(), f.h
		args = append(args, k.Hash[:])
	}
	b.Output(b.Add(call.class(fn.Name()), graph.ArgList(), deps...), call.keyOf(fn.Name(), args...))
	return invokeOne[Out](ctx, c, b.Graph(), holds...)
}

func invokeOne[Out any](ctx context.Context, c *Client, g *graph.Graph, args ...*hold) (*Future[Out], error) {
	for _, a := range args {
		if a.w.c != c {
			return nil, fmt.Errorf("client: future %v belongs to another client", a.Key())
		}
		if err := a.letGo(); err != nil {
			return nil, err
		}
	}
	hs, err := c.invoke(ctx, g)
	if err != nil {
		return nil, err
	}
	return newFuture[Out](hs[0]), nil
}

// invoke submits g as it is and holds its outputs until ctx ends.
func (c *Client) invoke(ctx context.Context, g *graph.Graph) ([]*hold, error) {
	if ctx.Err() != nil {
		return nil, explain(ctx, context.Cause(ctx))
	}
	ws, err := c.submit(ctx, g)
	if err != nil {
		return nil, err
	}
	hs := newHolds(ws)
	bind(ctx, hs)
	return hs, nil
}

// letGo returns why h was let go, if it was.
func (h *hold) letGo() error {
	h.w.c.mu.Lock()
	defer h.w.c.mu.Unlock()
	return h.gone
}
