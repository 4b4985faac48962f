package client

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// bringTries is how often values are brought that a worker did not take.
const bringTries = 6

// bringPause is how long to wait before the second try, doubled with every
// other: the scheduler has to notice that a worker is gone, too.
const bringPause = 50 * time.Millisecond

// Scatter brings values to the cluster, spread over the workers, and returns
// their futures. What a T is not a kind of [graph.Value] travels encoded. The
// values are the caller's again when Scatter returns.
func Scatter[T any](ctx context.Context, c *Client, values ...T) ([]*Future[T], error) {
	keys := make([]graph.Key, len(values))
	vs := make([]graph.Value, len(values))
	for i, v := range values {
		var err error
		if vs[i], err = graph.Encode(v); err != nil {
			return nil, fmt.Errorf("client: scatter: value %d: %w", i, err)
		}
		keys[i] = graph.RandomKey("scattered")
	}
	ws, err := c.bring(ctx, keys, vs)
	if err != nil {
		return nil, explain(ctx, err)
	}
	hs := make([]*hold, len(ws))
	for i, w := range ws {
		hs[i] = newHold(w, nil)
	}
	return futures[T](hs), nil
}

// bring takes values to workers that the scheduler names and returns the want
// of each, with a reference. A key that this client wants already, and that has
// not failed, is there or on its way, and is not brought again.
func (c *Client) bring(ctx context.Context, keys []graph.Key, values []graph.Value) ([]*want, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	for try := 1; ; try++ {
		b, err := c.askPlaces(keys, values)
		if err != nil {
			return nil, err
		}
		if err = b.carry(ctx); err == nil {
			return b.wants, nil
		}
		c.drop(b.wants)
		if ctx.Err() != nil || try == bringTries || !b.again {
			return nil, err
		}
		c.settings.log.Warn("bringing values to the workers failed; trying again", "try", try+1, "error", err)
		select {
		case <-time.After(bringPause << (try - 1)):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// A bringing is one attempt to bring values.
type bringing struct {
	c      *Client
	wants  []*want // of every key
	fresh  []*want // of those to bring
	values []graph.Value
	answer chan *pb.ToClient
	again  bool // a failure may be that of a worker
}

func (c *Client) askPlaces(keys []graph.Key, values []graph.Value) (*bringing, error) {
	b := &bringing{c: c}
	m := &pb.Scatter{}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return nil, err
	}
	for i, k := range keys {
		w, isNew := c.want(k)
		b.wants = append(b.wants, w)
		if isNew || w.state == failed {
			w.setPending()
			b.fresh, b.values = append(b.fresh, w), append(b.values, values[i])
			m.Keys, m.Bytes = append(m.Keys, wire.KeyToPB(k)), append(m.Bytes, values[i].Bytes())
		}
	}
	if len(b.fresh) == 0 {
		return b, nil
	}
	var seq uint64
	b.answer, seq = c.request(&pb.FromClient{Scatter: m})
	for _, w := range b.fresh {
		w.ask(seq)
	}
	return b, nil
}

// carry waits for the places, takes the values there and says so.
func (b *bringing) carry(ctx context.Context) error {
	if len(b.fresh) == 0 {
		return nil
	}
	m, err := b.places(ctx)
	if err != nil {
		return err
	}
	if len(m.Placed) != len(b.fresh) {
		return fmt.Errorf("client: the scheduler places %d of %d values", len(m.Placed), len(b.fresh))
	}
	b.again = true
	if err := b.put(ctx, m); err != nil {
		return err
	}
	tasks := make([]uint64, len(b.fresh))
	for i := range tasks {
		tasks[i] = uint64(graph.NewTaskID(m.Run, uint32(i)))
	}
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.c.say(&pb.FromClient{Scattered: tasks})
	return nil
}

// places returns the scheduler's answer. Where there is none, because no worker
// is there, the keys fail instead.
func (b *bringing) places(ctx context.Context) (*pb.ToClient, error) {
	c := b.c
	bad := make(chan error, 1)
	s := &sub{func(w *want) {
		if w.state == failed {
			select {
			case bad <- w.err:
			default:
			}
		}
	}}
	c.mu.Lock()
	for _, w := range b.fresh {
		w.subscribe(s)
	}
	c.mu.Unlock()
	defer c.unsubscribe(s, b.fresh)
	select {
	case m := <-b.answer:
		return m, nil
	case err := <-bad:
		return nil, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// put takes every value to its worker.
func (b *bringing) put(ctx context.Context, m *pb.ToClient) error {
	var all sync.WaitGroup
	room := make(chan struct{}, fetchesAtOnce)
	errs := make([]error, len(b.fresh))
	for i, worker := range m.Placed {
		b.c.mu.Lock()
		to := b.c.peers[worker]
		b.c.mu.Unlock()
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			if err := b.c.data.Put(ctx, to.address, graph.NewTaskID(m.Run, uint32(i)), b.values[i]); err != nil {
				errs[i] = fmt.Errorf("client: cannot bring %v to worker %s: %w", b.fresh[i].key, to.name, err)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
