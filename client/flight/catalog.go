package flight

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
	service "github.com/ashlar-go/ashlar/internal/wire/flight"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// catalog is what is published on the cluster of a client.
type catalog struct{ c *client.Client }

var _ service.Catalog = catalog{}

func (k catalog) Names(ctx context.Context) ([]string, error) { return k.c.Datasets(ctx) }

func (k catalog) Open(ctx context.Context, name string) (service.Dataset, error) {
	d, err := k.c.OpenKeys(ctx, name)
	if err != nil {
		return nil, unknown(name, err)
	}
	return opened{k.c, d}, nil
}

func (k catalog) Drop(ctx context.Context, name string) error {
	return unknown(name, k.c.Unpublish(ctx, name))
}

// unknown makes the scheduler's answer that a name is not known one of the
// service.
func unknown(name string, err error) error {
	if errors.Is(err, client.ErrNotFound) {
		return fmt.Errorf("%w: %q is not published", service.ErrUnknown, name)
	}
	return err
}

// opened is a dataset that the client holds.
type opened struct {
	c *client.Client
	d *client.Dataset
}

func (o opened) Keys() []graph.Key {
	ks := make([]graph.Key, len(o.d.Held))
	for i, h := range o.d.Held {
		ks[i] = h.Key()
	}
	return ks
}

// Note returns the note that came with the dataset. If there is none, as when
// futures were published, the values are looked at where they are.
func (o opened) Note(ctx context.Context) (*dataset.Note, error) {
	n, err := dataset.Parse(o.d.Note)
	if errors.Is(err, dataset.ErrNote) {
		return describeAll(ctx, o.c, o.Keys())
	}
	return n, err
}

func (o opened) Value(ctx context.Context, part int) (graph.Value, error) {
	return o.d.Value(ctx, part)
}

func (o opened) Close() { o.d.Release() }

func (k catalog) Begin(_ context.Context, name string) (service.Upload, error) {
	return &upload{c: k.c, name: name}, nil
}

// An upload is parts that were brought and are not published yet.
type upload struct {
	c     *client.Client
	name  string
	parts []*client.Future[graph.Value]
}

func (u *upload) Add(ctx context.Context, part graph.Value) error {
	fs, err := client.Scatter(ctx, u.c, part)
	u.parts = append(u.parts, fs...)
	return err
}

func (u *upload) Publish(ctx context.Context, n *dataset.Note, replace bool) error {
	note, err := n.Encode()
	if err != nil {
		return err
	}
	keys := make([]graph.Key, len(u.parts))
	for i, f := range u.parts {
		keys[i] = f.Key()
	}
	if replace {
		return u.c.ReplaceKeys(ctx, u.name, note, keys...)
	}
	err = u.c.PublishKeys(ctx, u.name, note, keys...)
	if errors.Is(err, client.ErrExists) {
		return fmt.Errorf("%w: %q is published already", service.ErrTaken, u.name)
	}
	return err
}

func (u *upload) Close() {
	for _, f := range u.parts {
		f.Release()
	}
	u.parts = nil
}
