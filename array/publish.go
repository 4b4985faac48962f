package array

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// Publish starts computing a on l, keeps its blocks there under a name, and
// returns at once. Other programs [Open] them, or read them through Arrow Flight.
// They stay when this program is gone.
func (a *Array) Publish(ctx context.Context, l graph.Library, name string) error {
	if a.err != nil {
		return a.err
	}
	note, err := dataset.Array(a.DType(), a.Chunks()).Encode()
	if err != nil {
		return fmt.Errorf("%w: publish %q: %w", ErrArray, name, err)
	}
	g, err := Graph(a)
	if err != nil {
		return err
	}
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

// Open returns the array that was published under a name, from Go or through
// Arrow Flight. Its blocks stay, also when the name is unpublished, until release
// is called. It can be used with l only.
func Open(ctx context.Context, l graph.Library, name string) (a *Array, release func(), err error) {
	hs, raw, err := l.OpenHeld(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	note, err := dataset.Parse(raw)
	switch {
	case err != nil:
	case !note.IsArray():
		err = errors.New("it is a frame: open it with frame.Open")
	case note.Parts() != len(hs):
		err = fmt.Errorf("it has %d blocks, its note says %d", len(hs), note.Parts())
	}
	if err != nil {
		releaseHeld(hs)
		return nil, nil, fmt.Errorf("%w: open %q: %w", ErrArray, name, err)
	}
	n := &published{keys: make([]graph.Key, len(hs))}
	var hashes []byte
	for i, h := range hs {
		n.keys[i] = h.Key()
		hashes = append(hashes, n.keys[i].Hash[:]...)
	}
	n.meta = newMeta("published", note.Chunks, note.DType, hashes)
	return fromNode(n), func() { releaseHeld(hs) }, nil
}

// published is an array whose blocks are on the cluster under keys of any kind.
type published struct {
	meta
	keys []graph.Key
}

func (n *published) lower(l *lowering, at []int) graph.Dep {
	return l.b.Input(n.keys[flat(n.chunks.Grid(), at)]).Whole()
}
