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

// bring takes values to workers that the scheduler names, of those in on if there
// are any, and returns the want of each, with a reference. A key that this client wants already, and that has
// not failed, is there or on its way, and is not brought again.
func (c *Client) bring(ctx context.Context, keys []graph.Key, values []graph.Value, on ...uint32) ([]*want, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	for try := 1; ; try++ {
		b, err := c.askPlaces(keys, values, on)
		if err != nil {
			return nil, err
		}
		if err = b.carry(ctx); err == nil {
			return b.wants, nil
		}
		b.giveUp()
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
	seq    uint64 // of the question for places
	answer chan *pb.ToClient
	placed *pb.ToClient // the answer, once it is there
	again  bool         // a failure may be that of a worker
}

// askPlaces asks the scheduler where to bring what is not there or on its way.
func (c *Client) askPlaces(keys []graph.Key, values []graph.Value, on []uint32) (*bringing, error) {
	b := &bringing{c: c}
	m := &pb.Scatter{Workers: on}
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
	b.answer, b.seq = c.request(&pb.FromClient{Scatter: m})
	for _, w := range b.fresh {
		w.ask(b.seq)
	}
	return b, nil
}

// carry waits for the places, takes the values there and says so.
func (b *bringing) carry(ctx context.Context) error {
	if len(b.fresh) == 0 {
		return nil
	}
	if err := b.place(ctx); err != nil {
		return err
	}
	if n := len(b.placed.Placed); n != len(b.fresh) {
		return fmt.Errorf("client: the scheduler places %d of %d values", n, len(b.fresh))
	}
	b.again = true
	if err := b.put(ctx); err != nil {
		return err
	}
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.c.say(&pb.FromClient{Scattered: b.tasks()})
	return nil
}

// tasks returns what the scheduler calls the values.
func (b *bringing) tasks() []uint64 {
	ts := make([]uint64, len(b.fresh))
	for i := range ts {
		ts[i] = uint64(graph.NewTaskID(b.placed.Run, uint32(i)))
	}
	return ts
}

// giveUp ends a bringing that failed, and lets go of its wants. The scheduler
// counts on values that it named places for, and workers may have some of them:
// it is told, at once or when it names them after all.
func (b *bringing) giveUp() {
	c := b.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.placed != nil || c.alive() != nil {
		b.abandon()
		return
	}
	c.late.Go(func() {
		select { // the scheduler answers, or the session ends
		case b.placed = <-b.answer:
		case <-c.down:
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		b.abandon()
	})
}

// abandon says that the values will not come, if they are expected. Whoever
// else in this program waits for them learns of it at once, so that a key is
// brought anew by the next who asks for it. The caller holds the lock.
func (b *bringing) abandon() {
	c := b.c
	if b.placed != nil && c.alive() == nil {
		seq := c.say(&pb.FromClient{Abandoned: b.tasks()})
		for _, w := range b.fresh {
			if w.state != pending || w.since != b.seq {
				continue // it came from elsewhere, or was asked for anew
			}
			w.since = seq
			w.settle(failed, unbrought(w.key))
		}
	}
	for _, w := range b.wants {
		w.drop()
	}
}

func unbrought(k graph.Key) error {
	return &graph.TaskError{Kind: graph.KindLost, Task: k.String(), Message: "this program gave up bringing it"}
}

// place waits for the scheduler's answer. Where there is none, because no
// worker is there, the keys fail instead.
func (b *bringing) place(ctx context.Context) error {
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
	case b.placed = <-b.answer:
		if len(b.placed.Placed) == 0 {
			select {
			case err := <-bad: // it came before
				return err
			default:
			}
		}
		return nil
	case err := <-bad:
		select {
		case b.placed = <-b.answer: // a worker went right after it
		default:
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// put takes every value to its worker, and returns when none is under way.
func (b *bringing) put(ctx context.Context) error {
	var all sync.WaitGroup
	room := make(chan struct{}, fetchesAtOnce)
	errs := make([]error, len(b.fresh))
	for i, worker := range b.placed.Placed {
		b.c.mu.Lock()
		to := b.c.peers[worker]
		b.c.mu.Unlock()
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			if err := b.c.data.Put(ctx, to.address, graph.NewTaskID(b.placed.Run, uint32(i)), b.values[i]); err != nil {
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
