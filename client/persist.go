package client

import (
	"context"
	"errors"
	"sync"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// A persisted is a graph whose outputs this program keeps on the cluster, and
// all it takes to have them computed again when its literals are lost: the
// scheduler recomputes whatever else is.
type persisted struct {
	*submission
	values   graph.List // the literals, retained, in the order of the inputs
	left     int        // outputs not released; guarded by the client's lock
	reviving sync.Mutex
}

// Persist starts g on the cluster; see [graph.Runner]. It returns when the
// values that g carries have been brought there. They stay there, and here,
// until all outputs are released, so that a lost output can be computed again.
func (c *Client) Persist(ctx context.Context, g *graph.Graph) ([]graph.Held, error) {
	s, err := c.start(ctx, graph.Optimize(g))
	if err != nil {
		return nil, explain(ctx, err)
	}
	p := &persisted{submission: s, left: len(s.outputs)}
	passed := map[graph.Key]bool{}
	for _, in := range s.g.Inputs {
		passed[in.Key] = true
		if in.Value != nil {
			in.Value.Retain()
			p.values = append(p.values, in.Value)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	held := make([]graph.Held, len(s.outputs))
	for i, w := range s.outputs {
		if !passed[w.key] { // an input that is passed on is not computed here
			c.kept[w.key.Hash] = p
		}
		held[i] = &persistedHold{newHold(w, p.leave), p}
	}
	if p.left == 0 {
		p.left = 1
		p.leave()
	}
	return held, nil
}

// leave notes the release of one output. The caller holds the client's lock.
func (p *persisted) leave() {
	if p.left--; p.left > 0 {
		return
	}
	for _, w := range p.outputs {
		if p.c.kept[w.key.Hash] == p {
			delete(p.c.kept, w.key.Hash)
		}
	}
	for _, w := range p.literals {
		w.drop()
	}
	p.values.Release()
}

// A persistedHold is a hold that knows how to bring its value back.
type persistedHold struct {
	*hold
	p *persisted
}

// Wait returns when the value is there, or why it never will be.
func (h *persistedHold) Wait(ctx context.Context) error {
	for try := 1; ; try++ {
		err := h.hold.Wait(ctx)
		if try == lostTries || !errors.Is(err, graph.ErrLost) || !h.p.c.bringable(h.p.g) {
			return err
		}
		if err := h.p.revive(ctx); err != nil {
			return err
		}
	}
}

// bringable reports whether g, or what its inputs were computed from, has
// values that this program can bring again.
func (c *Client) bringable(g *graph.Graph) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.canBring(g)
}

func (c *Client) canBring(g *graph.Graph) bool {
	for _, in := range g.Inputs {
		if p := c.kept[in.Key.Hash]; in.Value != nil || p != nil && c.canBring(p.g) {
			return true
		}
	}
	return false
}

// reviveInputs revives what the inputs of g are outputs of.
func (c *Client) reviveInputs(ctx context.Context, g *graph.Graph) error {
	for _, in := range g.Inputs {
		c.mu.Lock()
		p := c.kept[in.Key.Hash]
		c.mu.Unlock()
		if in.Value != nil || p == nil {
			continue
		}
		if err := p.revive(ctx); err != nil {
			return err
		}
	}
	return nil
}

// revive brings the literals that were lost again, and has the outputs that
// were lost with them computed anew.
func (p *persisted) revive(ctx context.Context) error {
	p.reviving.Lock()
	defer p.reviving.Unlock()
	lost := p.lost()
	if len(lost) == 0 {
		return nil // somebody else did
	}
	c := p.c
	c.settings.log.Warn("persisted values were lost with what they were computed from; bringing that again", "outputs", len(lost))
	if err := c.reviveInputs(ctx, p.g); err != nil {
		return err
	}
	keys := make([]graph.Key, len(p.literals))
	for i, w := range p.literals {
		keys[i] = w.key
	}
	again, err := c.bring(ctx, keys, p.values)
	if err != nil {
		return err
	}
	defer c.drop(again)
	c.mu.Lock()
	if c.alive() == nil {
		// What failed is forgotten when nobody wants it, and made anew then.
		c.say(&pb.FromClient{Release: lost})
	}
	c.mu.Unlock()
	ws, err := c.submit(ctx, p.g)
	if err != nil {
		return err
	}
	c.drop(ws)
	return nil
}

// lost returns the keys of the outputs that failed for want of a value.
func (p *persisted) lost() []*pb.Key {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	var ks []*pb.Key
	for _, w := range p.outputs {
		if w.state == failed && errors.Is(w.err, graph.ErrLost) {
			ks = append(ks, wire.KeyToPB(w.key))
		}
	}
	return ks
}
