package server

import (
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

const (
	stagePlaced stage = iota + 1
	stageCoordinated
	stageReady
	stageLost
	stageErred
	stageInfo
	stageGoodbye
)

// toClient is the message that is being filled for a client.
type toClient struct {
	m     *pb.ToClient
	stage stage
	cost  int
	told  []bool // by WorkerID: the peers that the client knows
}

// at returns the message to which content of stage s may be added.
func (c *client) at(l *loop, s stage) *pb.ToClient {
	if s < c.out.stage {
		c.flush()
	}
	if !c.dirty {
		c.dirty = true
		l.dirtyClients = append(l.dirtyClients, c)
	}
	if c.out.m == nil {
		c.out.m = &pb.ToClient{Ack: c.received.Load()}
	}
	c.out.stage = s
	c.out.cost += 96
	return c.out.m
}

// flush numbers the message that is being filled and says it.
func (c *client) flush() {
	c.dirty = false
	if c.out.m == nil {
		return
	}
	c.sent++
	c.out.m.Seq = c.sent
	s := said{c.out.m, c.out.cost}
	c.unacked = append(c.unacked, s)
	if c.line != nil {
		c.line.put(s.m, s.cost)
	}
	c.out = toClient{told: c.out.told}
}

func (c *client) place(l *loop, a sched.Place) {
	c.flush() // one answer a message
	m := c.at(l, stagePlaced)
	m.Request, m.Run = c.requests[a.Run], a.Run
	delete(c.requests, a.Run)
	for _, w := range a.Workers {
		m.Placed = append(m.Placed, uint32(w))
		c.out.told, m.Peers = l.tell(c.out.told, w, m.Peers)
	}
	c.out.cost += 4 * len(a.Workers)
	c.flush()
}

func (c *client) ready(l *loop, a sched.Ready) {
	m := c.at(l, stageReady)
	m.ReadyHash = append(m.ReadyHash, a.Key.Hash[:]...)
	m.ReadyTask = append(m.ReadyTask, uint64(a.Task))
	m.ReadyBytes = append(m.ReadyBytes, a.Bytes)
	for _, h := range a.Holders {
		m.ReadyHolder = append(m.ReadyHolder, uint32(h))
		c.out.told, m.Peers = l.tell(c.out.told, h, m.Peers)
	}
	m.ReadyInline = append(m.ReadyInline, a.Inline...)
	c.out.cost += len(a.Inline)
	m.ReadyInlineEnd = append(m.ReadyInlineEnd, uint32(len(m.ReadyInline)))
	m.ReadyHolderEnd = append(m.ReadyHolderEnd, uint32(len(m.ReadyHolder)))
}

func (c *client) lost(l *loop, a sched.Lost) {
	m := c.at(l, stageLost)
	m.Lost = append(m.Lost, wire.KeyToPB(a.Key))
}

func (c *client) erred(l *loop, a sched.Erred) {
	m := c.at(l, stageErred)
	m.ErredKey = append(m.ErredKey, wire.KeyToPB(a.Key))
	m.Erred = append(m.Erred, wire.TaskErrorToPB(a.Err))
	c.out.cost += len(a.Err.Message) + len(a.Err.Stack)
}

func (c *client) info(l *loop, request uint32) {
	c.flush()
	m := c.at(l, stageInfo)
	m.Request, m.Info = request, l.info()
	c.flush()
}

func (c *client) goodbye(l *loop, why string) {
	c.at(l, stageGoodbye).Goodbye = why
	c.flush()
	if c.line != nil {
		c.line.finish()
	}
}
