package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// WhoHas returns the names of the workers that hold the value of r; none unless
// it is ready.
func (c *Client) WhoHas(r Result) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := r.hold().w
	if w.state != ready {
		return nil
	}
	names := make([]string, len(w.holders))
	for i, h := range w.holders {
		names[i] = c.peers[h].name
	}
	return names
}

// Holders asks the scheduler which workers hold the value of each key now,
// whoever wants it; copies that were made since a future was ready included.
func (c *Client) Holders(ctx context.Context, keys ...graph.Key) ([][]string, error) {
	a, err := c.question(ctx, &pb.Ask{About: &pb.Ask_Holders{Holders: &pb.Keys{Keys: wire.KeysToPB(keys)}}})
	if err != nil {
		return nil, err
	}
	out, last := make([][]string, len(keys)), 0
	for i := range keys {
		if i >= len(a.NameEnd) || int(a.NameEnd[i]) < last || int(a.NameEnd[i]) > len(a.Names) {
			return nil, fmt.Errorf("client: the scheduler at %s names the holders of %d keys, not %d", c.address, i, len(keys))
		}
		out[i] = slices.Clone(a.Names[last:a.NameEnd[i]])
		last = int(a.NameEnd[i])
	}
	return out, nil
}

// A Possession is a value that a worker holds, or a task that it has to do.
type Possession struct {
	Key   graph.Key     // without a hash if nobody outside its run can name it
	Op    string        // empty for what a client brought
	Bytes int64         // of a value
	Age   time.Duration // of a task: since it was assigned, as far as that is remembered
}

// HasWhat returns what a worker, given by name or address, holds. The error
// wraps ErrNotFound if it is not there.
func (c *Client) HasWhat(ctx context.Context, worker string) ([]Possession, error) {
	return c.possessions(ctx, worker, func(id uint32) *pb.Ask {
		return &pb.Ask{About: &pb.Ask_Holding{Holding: id}}
	})
}

// Processing returns the tasks that a worker, given by name or address, has to
// do, oldest first: it runs some of them. The error wraps ErrNotFound if it is
// not there.
func (c *Client) Processing(ctx context.Context, worker string) ([]Possession, error) {
	return c.possessions(ctx, worker, func(id uint32) *pb.Ask {
		return &pb.Ask{About: &pb.Ask_Processing{Processing: id}}
	})
}

func (c *Client) possessions(ctx context.Context, worker string, about func(uint32) *pb.Ask) ([]Possession, error) {
	ids, err := c.workerIDs(ctx, worker)
	if err != nil {
		return nil, err
	}
	a, err := c.question(ctx, about(ids[0]))
	if err != nil {
		return nil, err
	}
	n := len(a.Keys)
	if len(a.Names) != n || len(a.Bytes) != n || len(a.AgeNanos) != n {
		return nil, fmt.Errorf("client: the scheduler at %s describes %d things in columns of other lengths", c.address, n)
	}
	ps := make([]Possession, n)
	for i, k := range a.Keys {
		ps[i] = Possession{Key: graph.Key{Name: k.Name}, Op: a.Names[i], Bytes: a.Bytes[i], Age: time.Duration(a.AgeNanos[i])}
		copy(ps[i].Key.Hash[:], k.Hash)
	}
	return ps, nil
}

// workerIDs returns the ids of workers given by name or address.
func (c *Client) workerIDs(ctx context.Context, workers ...string) ([]uint32, error) {
	in, err := c.Info(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]uint32, len(workers))
	for i, name := range workers {
		at := slices.IndexFunc(in.Workers, func(w WorkerInfo) bool { return w.Name == name || w.Address == name })
		if at < 0 {
			return nil, fmt.Errorf("client: worker %q: %w; there are %s", name, ErrNotFound, in.names())
		}
		ids[i] = in.Workers[at].ID
	}
	return ids, nil
}

// names lists the workers for people.
func (in *Info) names() string {
	const most = 10
	names := make([]string, len(in.Workers))
	for i, w := range in.Workers {
		names[i] = w.Name
	}
	slices.Sort(names)
	if n := len(names); n > most {
		return fmt.Sprintf("%q and %d more", names[:most], n-most)
	}
	return fmt.Sprintf("%q", names)
}

// A Transition is one step in the life of a task, as the scheduler remembers
// it.
type Transition struct {
	At       time.Time // by this machine's clock
	From, To string    // states: released, waiting, queued, no-worker, processing, memory, erred
	Worker   string    // where it was assigned or held; empty if nowhere
	Attempt  uint32
}

// Story returns what the scheduler remembers of the life of the task behind a
// key, oldest first. The error wraps ErrNotFound if the cluster does not know
// the key.
func (c *Client) Story(ctx context.Context, key graph.Key) ([]Transition, error) {
	a, err := c.question(ctx, &pb.Ask{About: &pb.Ask_Story{Story: wire.KeyToPB(key)}})
	if err != nil {
		return nil, err
	}
	ts, now := make([]Transition, len(a.Story)), time.Now()
	for i, l := range a.Story {
		ts[i] = Transition{At: now.Add(-time.Duration(l.AgeNanos)), From: l.From, To: l.To, Worker: l.Worker, Attempt: l.Attempt}
	}
	return ts, nil
}
