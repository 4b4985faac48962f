package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// Publish keeps the values of rs on the cluster under a name, so that any
// client can [Open] them, after this one has released them or is gone, until
// Unpublish. It can come before the values are there. The error wraps ErrExists
// if the name is taken, and ErrNotFound if a future has failed for being
// released.
func Publish[R Result](ctx context.Context, c *Client, name string, rs ...R) error {
	keys := make([]graph.Key, len(rs))
	for i, r := range rs {
		h := r.hold()
		if h.w.c != c {
			return fmt.Errorf("client: publish %q: future %v belongs to another client", name, h.Key())
		}
		if err := h.letGo(); err != nil {
			return err
		}
		keys[i] = h.Key()
	}
	return c.PublishKeys(ctx, name, nil, keys...)
}

// PublishKeys is [Publish] for keys that this client holds, such as those of a
// persisted collection, with a note of 64 KiB at most for whoever opens them:
// what shape they have, for example. What they were computed from and this
// program brought is kept with them.
func (c *Client) PublishKeys(ctx context.Context, name string, note []byte, keys ...graph.Key) error {
	return c.publishKeys(ctx, &pb.FromClient{}, name, note, keys)
}

// ReplaceKeys is [Client.PublishKeys] for a name that may be taken: what has it is
// unpublished in the same step, so that who opens the name finds one or the other.
// What both have stays. If it is refused, so is that.
func (c *Client) ReplaceKeys(ctx context.Context, name string, note []byte, keys ...graph.Key) error {
	return c.publishKeys(ctx, &pb.FromClient{Unpublish: name}, name, note, keys)
}

func (c *Client) publishKeys(ctx context.Context, q *pb.FromClient, name string, note []byte, keys []graph.Key) error {
	m := &pb.Publish{Name: name, Keys: wire.KeysToPB(keys), Note: note}
	q.Publish = m
	c.mu.Lock()
	for _, k := range keys {
		m.Lineage = c.lineage(k, m.Lineage)
	}
	c.mu.Unlock()
	_, err := c.inquire(ctx, q)
	return err
}

// lineage adds to ks what this program brought for the graph that k is an
// output of. The caller holds the lock.
func (c *Client) lineage(k graph.Key, ks []*pb.Key) []*pb.Key {
	p := c.kept[k.Hash]
	if p == nil {
		return ks
	}
	for _, w := range p.literals {
		ks = append(ks, wire.KeyToPB(w.key))
	}
	for _, in := range p.g.Inputs {
		ks = c.lineage(in.Key, ks)
	}
	return ks
}

// A Dataset is what was published under a name, held until Release.
type Dataset struct {
	Name string
	Note []byte
	Held []graph.Held // in the order in which they were published
}

// Release gives the values up; the publication stays.
func (d *Dataset) Release() {
	for _, h := range d.Held {
		h.Release()
	}
}

// OpenKeys returns what was published under a name. The error wraps ErrNotFound
// if nothing is.
func (c *Client) OpenKeys(ctx context.Context, name string) (*Dataset, error) {
	hs, note, err := c.openDataset(ctx, name)
	if err != nil {
		return nil, err
	}
	d := &Dataset{Name: name, Note: note}
	for _, h := range hs {
		d.Held = append(d.Held, h)
	}
	return d, nil
}

// Open returns the futures of what was published under a name, in that order.
// They fail with [graph.ErrUnknownKey] if it is unpublished, and freed,
// meanwhile.
func Open[T any](ctx context.Context, c *Client, name string) ([]*Future[T], error) {
	hs, _, err := c.openDataset(ctx, name)
	return futures[T](hs), err
}

func (c *Client) openDataset(ctx context.Context, name string) ([]*hold, []byte, error) {
	a, err := c.question(ctx, &pb.Ask{About: &pb.Ask_Dataset{Dataset: name}})
	if err != nil {
		return nil, nil, err
	}
	keys, err := wire.KeysFromPB(a.Keys)
	if err != nil {
		return nil, nil, fmt.Errorf("client: dataset %q: %w", name, err)
	}
	ws, err := c.wantKnown(keys)
	if err != nil {
		return nil, nil, err
	}
	return newHolds(ws), a.Value, nil
}

// wantKnown wants keys that others have made known, and returns the want of
// each, with a reference.
func (c *Client) wantKnown(keys []graph.Key) ([]*want, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return nil, err
	}
	m := &pb.FromClient{}
	ws := make([]*want, len(keys))
	var fresh []*want
	for i, k := range keys {
		w, isNew := c.want(k)
		ws[i] = w
		if isNew || w.state == failed {
			fresh, m.Want = append(fresh, w), append(m.Want, wire.KeyToPB(k))
		}
	}
	if len(fresh) > 0 {
		seq := c.say(m)
		for _, w := range fresh {
			w.ask(seq)
		}
	}
	return ws, nil
}

// Unpublish ends a publication: its values live as long as clients want them.
// The error wraps ErrNotFound if nothing is published under the name.
func (c *Client) Unpublish(ctx context.Context, name string) error {
	if name == "" {
		return fmt.Errorf("client: unpublish: %w: a dataset has a name", ErrNotFound)
	}
	_, err := c.inquire(ctx, &pb.FromClient{Unpublish: name})
	return err
}

// Datasets returns the names of all that is published, in order.
func (c *Client) Datasets(ctx context.Context) ([]string, error) {
	a, err := c.question(ctx, &pb.Ask{About: &pb.Ask_Datasets{Datasets: true}})
	if err != nil {
		return nil, err
	}
	return a.Names, nil
}
