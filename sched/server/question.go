package server

import (
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// reply answers a question; keys are those that it is about.
func (l *loop) reply(q *pb.Ask, keys []graph.Key) (*pb.Answer, error) {
	switch about := q.About.(type) {
	case *pb.Ask_Dataset:
		return l.replyDataset(about.Dataset)
	case *pb.Ask_Datasets:
		return &pb.Answer{Names: l.m.Datasets()}, nil
	case *pb.Ask_Metadata:
		v, has := l.m.Metadata(about.Metadata)
		if !has {
			return nil, wire.NotFound("there is no metadata %q", about.Metadata)
		}
		return &pb.Answer{Value: v}, nil
	case *pb.Ask_Events:
		return l.replyEvents(about.Events), nil
	case *pb.Ask_Story:
		return l.replyStory(keys[0])
	case *pb.Ask_Holders:
		return l.replyHolders(keys), nil
	case *pb.Ask_Holding:
		return l.replyPossessions(about.Holding, l.m.Holding)
	case *pb.Ask_Processing:
		return l.replyPossessions(about.Processing, l.m.Processing)
	}
	return nil, wire.NotFound("this scheduler (Ashlar %s) does not know the question", wire.Version)
}

func (l *loop) replyDataset(name string) (*pb.Answer, error) {
	d, has := l.m.Dataset(name)
	if !has {
		return nil, wire.NotFound("dataset %q is not published", name)
	}
	return &pb.Answer{Keys: wire.KeysToPB(d.Keys), Value: d.Note}, nil
}

func (l *loop) replyEvents(topic string) *pb.Answer {
	a, now := &pb.Answer{}, l.now()
	for _, e := range l.m.Events(topic) {
		a.Events = append(a.Events, &pb.LogEvent{AgeNanos: int64(now - e.At), Source: e.Source, Value: e.Value})
	}
	return a
}

func (l *loop) replyStory(k graph.Key) (*pb.Answer, error) {
	id, known := l.m.Lookup(k)
	if !known {
		return nil, wire.NotFound("key %v is not on the cluster: it was released, or never submitted", k)
	}
	a, now := &pb.Answer{}, l.now()
	for _, t := range l.m.Story(id) {
		a.Story = append(a.Story, &pb.StoryLine{
			AgeNanos: int64(now - t.At), From: t.From.String(), To: t.To.String(),
			Worker: l.nameOf(t.Worker), Attempt: t.Attempt,
		})
	}
	return a, nil
}

// nameOf returns the name of a worker that is here, or was not long ago.
func (l *loop) nameOf(id sched.WorkerID) string {
	if w := l.workers[id]; w != nil {
		return w.hello.Name
	}
	return l.gone[id]
}

func (l *loop) replyHolders(keys []graph.Key) *pb.Answer {
	a := &pb.Answer{}
	for _, k := range keys {
		for _, id := range l.m.Holders(k) {
			a.Names = append(a.Names, l.nameOf(id))
		}
		a.NameEnd = append(a.NameEnd, uint32(len(a.Names)))
	}
	return a
}

func (l *loop) replyPossessions(worker uint32, of func(sched.WorkerID) []sched.Possession) (*pb.Answer, error) {
	id := sched.WorkerID(worker)
	if l.workers[id] == nil {
		return nil, wire.NotFound("worker %d is not in the cluster", worker)
	}
	a, now := &pb.Answer{}, l.now()
	for _, p := range of(id) {
		k := p.Key
		if k.IsZero() {
			k.Name = p.Task.String()
		}
		a.Keys = append(a.Keys, wire.KeyToPB(k))
		a.Names = append(a.Names, p.Op)
		a.Bytes = append(a.Bytes, p.Bytes)
		age := now - p.Since
		if p.Since == 0 {
			age = 0
		}
		a.AgeNanos = append(a.AgeNanos, int64(age))
	}
	return a, nil
}
