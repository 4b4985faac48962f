package flight

import (
	"context"
	"errors"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// What a [Catalog] can say, for errors.Is.
var (
	ErrUnknown = errors.New("no such dataset")
	ErrTaken   = errors.New("the name is taken")
	ErrForeign = errors.New("not for Arrow Flight")
)

// A Catalog is what a [Server] serves: datasets under names. Its methods are
// called from many goroutines.
type Catalog interface {
	// Names returns all names, in order.
	Names(ctx context.Context) ([]string, error)
	// Open returns what is published under a name, or [ErrUnknown].
	Open(ctx context.Context, name string) (Dataset, error)
	// Begin prepares for a dataset to be put under a name.
	Begin(ctx context.Context, name string) (Upload, error)
	// Drop ends the publication of a name, or returns [ErrUnknown].
	Drop(ctx context.Context, name string) error
}

// A Dataset is what is published under a name, held until Close.
type Dataset interface {
	// Keys names the parts. It returns at once.
	Keys() []graph.Key
	// Note says what the parts are. It waits until that is known.
	Note(ctx context.Context) (*dataset.Note, error)
	// Value returns a part, with a reference for the caller, once it is there.
	Value(ctx context.Context, part int) (graph.Value, error)
	Close()
}

// An Upload is a dataset that is being put.
type Upload interface {
	// Add brings one more part, which stays the caller's.
	Add(ctx context.Context, part graph.Value) error
	// Publish puts all parts under the name: [ErrTaken] if another has it, unless
	// that one is to be replaced.
	Publish(ctx context.Context, n *dataset.Note, replace bool) error
	// Close gives up what was not published.
	Close()
}
