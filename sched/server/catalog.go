package server

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// A catalogRequest is the part of a request about what is kept for clients.
type catalogRequest struct {
	want, forget  []graph.Key
	keys, lineage []graph.Key // of a publication
	asked         []graph.Key
}

func readCatalog(m *pb.FromClient) (r catalogRequest, err error) {
	for _, f := range []struct {
		to   *[]graph.Key
		from []*pb.Key
	}{
		{&r.want, m.Want}, {&r.forget, m.Forget},
		{&r.keys, m.Publish.GetKeys()}, {&r.lineage, m.Publish.GetLineage()},
		{&r.asked, m.Ask.GetHolders().GetKeys()},
	} {
		if *f.to, err = wire.KeysFromPB(f.from); err != nil {
			return r, err
		}
	}
	if k := m.Ask.GetStory(); k != nil {
		key, err := wire.KeyFromPB(k)
		if err != nil {
			return r, err
		}
		r.asked = []graph.Key{key}
	}
	return r, nil
}

// performCatalog does what r asks of the catalogue, and answers.
func (l *loop) performCatalog(c *client, r *request) {
	m, at := r.m, l.now()
	if len(r.catalog.want) > 0 {
		l.step(sched.Want{At: at, Client: c.id, Keys: r.catalog.want})
	}
	if len(r.catalog.forget) > 0 {
		l.step(sched.Forget{At: at, Client: c.id, Keys: r.catalog.forget})
	}
	if p := m.Publish; p != nil {
		e := sched.Publish{At: at, Client: c.id, Name: p.Name, Keys: r.catalog.keys, Lineage: r.catalog.lineage, Note: p.Note, Replace: m.Unpublish == p.Name}
		err := l.m.MayPublish(e)
		l.step(e)
		c.answer(l, m.Request, err, nil)
	}
	if m.Unpublish != "" && m.Publish == nil { // with one it is what that replaces
		c.answer(l, m.Request, l.unpublish(m.Unpublish), nil)
	}
	if m.Note != nil {
		c.answer(l, m.Request, l.note(c, m.Note), nil)
	}
	if m.Ask != nil {
		a, err := l.reply(m.Ask, r.catalog.asked)
		c.answer(l, m.Request, err, a)
	}
}

func (l *loop) unpublish(name string) error {
	if _, has := l.m.Dataset(name); !has {
		return wire.NotFound("dataset %q is not published", name)
	}
	l.step(sched.Unpublish{At: l.now(), Name: name})
	return nil
}

func (l *loop) note(c *client, n *pb.Note) error {
	switch {
	case n.Topic != "" && len(n.Value) > sched.MaxNote:
		return fmt.Errorf("event of %d bytes for %q: %w: %d are allowed", len(n.Value), n.Topic, sched.ErrTooLarge, sched.MaxNote)
	case n.Topic != "":
		l.step(sched.LogEvent{At: l.now(), Topic: n.Topic, Source: c.name, Value: n.Value})
		return nil
	}
	e := sched.SetMetadata{At: l.now(), Path: n.Path, Value: n.Value}
	if n.Remove {
		e.Value = nil
	} else if e.Value == nil {
		e.Value = []byte{}
	}
	err := l.m.MaySet(e)
	l.step(e)
	return err
}

// reasons pairs why the machine refuses with what travels.
var reasons = [...][2]error{
	{sched.ErrExists, wire.ErrExists}, {sched.ErrUnknown, wire.ErrNotFound}, {sched.ErrTooLarge, wire.ErrTooLarge},
}

// answer answers a request: with err if it is refused.
func (c *client) answer(l *loop, request uint32, err error, a *pb.Answer) {
	c.flush()
	m := c.at(l, stageInfo)
	m.Request, m.Answer = request, a
	if err != nil {
		for _, r := range reasons {
			if errors.Is(err, r[0]) {
				err = wire.Because(r[1], err)
			}
		}
		m.Refusal = wire.RefusalToPB(err)
	}
	c.flush()
}
