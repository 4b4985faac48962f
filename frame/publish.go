package frame

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// Publish starts computing f on l, keeps its partitions there under a name, and
// returns at once. Other programs [Open] them, or read them through Arrow Flight.
// They stay when this program is gone.
func (f *Frame) Publish(ctx context.Context, l graph.Library, name string) error {
	if f.err != nil {
		return f.err
	}
	note, err := dataset.Frame(f.Schema(), nil).Encode()
	if err != nil {
		return fmt.Errorf("%w: publish %q: %w", ErrFrame, name, err)
	}
	g := f.lowered(f.node.narrow(nil))
	defer releaseLiterals(g)
	hs, err := l.Persist(ctx, graph.Optimize(g))
	if err != nil {
		return err
	}
	defer releaseHeld(hs)
	keys := make([]graph.Key, len(hs))
	for i, h := range hs {
		keys[i] = h.Key()
	}
	return l.PublishKeys(ctx, name, note, keys...)
}

func releaseHeld(hs []graph.Held) {
	for _, h := range hs {
		h.Release()
	}
}

// Open returns the frame that was published under a name, from Go or through
// Arrow Flight. Its partitions stay, also when the name is unpublished, until
// release is called. It can be used with l only.
func Open(ctx context.Context, l graph.Library, name string) (f *Frame, release func(), err error) {
	hs, raw, err := l.OpenHeld(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	note, err := dataset.Parse(raw)
	if err == nil && note.IsArray() {
		err = errors.New("it is an array: open it with array.Open")
	}
	if err == nil && len(hs) == 0 {
		err = errors.New("it has no partition")
	}
	if err != nil {
		releaseHeld(hs)
		return nil, nil, fmt.Errorf("%w: open %q: %w", ErrFrame, name, err)
	}
	n := &publishedNode{keys: make([]graph.Key, len(hs)), name: name}
	var hashes []byte
	for i, h := range hs {
		n.keys[i] = h.Key()
		hashes = append(hashes, n.keys[i].Hash[:]...)
	}
	n.base = newBase("published", note.Schema, len(hs), hashes)
	return &Frame{node: n}, func() { releaseHeld(hs) }, nil
}

// publishedNode is a frame whose partitions are on the cluster under keys of any
// kind.
type publishedNode struct {
	base
	keys []graph.Key
	name string
}

func (n *publishedNode) lower(l *lowering, i int) graph.Dep { return l.b.Input(n.keys[i]).Whole() }
func (n *publishedNode) narrow(columns) node                { return n }
func (n *publishedNode) describe() string                   { return fmt.Sprintf("published as %q", n.name) }
