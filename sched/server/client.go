package server

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

var (
	errSilent   = errors.New("no sign of life")
	errReplaced = wire.Disown("this client has connected anew")
)

// A client is one session as the loop sees it. It has a line while it is
// connected.
type client struct {
	id       sched.ClientID
	session  uint64
	name     string
	observer bool
	line     *line[pb.ToClient]
	goneAt   time.Duration // since when there is no line

	received atomic.Uint64 // seq of the last message that was acted on
	sent     uint64        // seq of the last message that was said
	unacked  []said        // what may have to be said again

	requests map[uint32]uint32 // of a run: the request that its Place answers
	out      toClient
	dirty    bool
}

type said struct {
	m    *pb.ToClient
	cost int
}

// Client handles the stream of a client.
func (s *Server) Client(stream pb.Control_ClientServer) error {
	m, err := recvWithin(stream.Recv, helloWait)
	if err != nil {
		return err
	}
	if m.GetHello() == nil || m.Hello.Session == 0 {
		return wire.Refuse("a client starts with a hello that has a session")
	}
	ln := newLine[pb.ToClient](s.now())
	var c *client
	if err := s.ask(func(l *loop) (err error) {
		c, err = l.connect(m.Hello, ln)
		return err
	}); err != nil {
		return err
	}
	beat := func() *pb.ToClient { return &pb.ToClient{Ack: c.received.Load()} }
	go ln.run(stream.Send, s.opts.Heartbeat, beat)
	go s.listenToClient(stream, c, ln)
	select {
	case <-ln.ended:
		return ln.cause
	case <-s.done:
		select {
		case <-ln.ended:
		case <-time.After(farewell):
		}
		return nil
	}
}

// connect gives a stream to its session, which is a new one unless the client
// resumes.
func (l *loop) connect(h *pb.ClientHello, ln *line[pb.ToClient]) (*client, error) {
	id := wire.IdentityFromPB(h.Identity)
	if err := l.s.self.Speaks(id); err != nil {
		return nil, wire.Refuse(err.Error())
	}
	c := l.sessions[h.Session]
	if h.Resume {
		if c == nil {
			return nil, wire.Refuse("the session is over: its lease ended, or this is another scheduler")
		}
		if c.line != nil {
			c.line.end(errReplaced)
		}
		l.resume(c, h.Received, ln)
		return c, nil
	}
	if c != nil {
		return nil, wire.Refuse("a session with this number exists already")
	}
	c = &client{session: h.Session, name: h.Name, observer: h.Observer, line: ln, requests: map[uint32]uint32{}}
	if c.name == "" {
		c.name = fmt.Sprintf("client %d", l.lastClient+1)
	}
	if !c.observer {
		if err := l.admit("client "+c.name, id); err != nil {
			return nil, wire.Refuse(err.Error())
		}
	}
	l.lastClient++
	c.id = l.lastClient
	l.clients[c.id], l.sessions[c.session] = c, c
	ln.put(&pb.ToClient{Welcome: l.welcome(uint32(c.id))}, 0)
	l.log.Info("client joined", "client", c.name)
	l.step(sched.ClientJoined{At: l.now(), Client: c.id})
	return c, nil
}

// resume goes on with the session of c on another stream: what the client has
// not received is said again.
func (l *loop) resume(c *client, received uint64, ln *line[pb.ToClient]) {
	c.flush()
	c.line = ln
	c.forget(received)
	w := l.welcome(uint32(c.id))
	w.Received = c.received.Load()
	ln.put(&pb.ToClient{Welcome: w}, 0)
	for _, s := range c.unacked {
		ln.put(s.m, s.cost)
	}
	l.log.Info("client is back", "client", c.name)
}

// forget drops what the client has acted on.
func (c *client) forget(ack uint64) {
	n := 0
	for n < len(c.unacked) && c.unacked[n].m.Seq <= ack {
		c.unacked[n] = said{}
		n++
	}
	c.unacked = c.unacked[n:]
}

// listenToClient receives until the stream ends. Graphs are decoded here, where
// that holds up nobody else.
func (s *Server) listenToClient(stream pb.Control_ClientServer, c *client, ln *line[pb.ToClient]) {
	for {
		m, err := stream.Recv()
		if err != nil {
			ln.end(nil)
			s.post(func(l *loop) { l.disconnect(c, ln) })
			return
		}
		ln.heard.Store(int64(s.now()))
		r, err := readRequest(m)
		if !s.post(func(l *loop) {
			if c.line != ln {
				return // the client has another stream, and says it again there
			}
			if err != nil {
				l.expel(c, err)
				return
			}
			l.fromClient(c, r)
		}) {
			return
		}
	}
}

// disconnect notes that the stream with line ln has ended; the session stays
// until its lease is over.
func (l *loop) disconnect(c *client, ln *line[pb.ToClient]) {
	if c.line != ln || l.clients[c.id] != c {
		return
	}
	c.line, c.goneAt = nil, l.now()
	cost := 0
	for _, s := range c.unacked {
		cost += s.cost
	}
	if errors.Is(ln.cause, errSlow) || cost > lineLimit {
		l.endSession(c, "it does not read what it is sent")
		return
	}
	l.log.Info("client is away", "client", c.name, "lease", l.s.opts.Lease)
}

// expel ends the session of a client that breaks the protocol.
func (l *loop) expel(c *client, why error) {
	if l.clients[c.id] != c {
		return
	}
	c.goodbye(l, why.Error())
	l.endSession(c, why.Error())
}

// endSession forgets the client and what it wanted.
func (l *loop) endSession(c *client, why string) {
	if l.clients[c.id] != c {
		return
	}
	c.flush()
	if c.line != nil {
		c.line.finish()
	}
	l.endRuns(c)
	l.step(sched.ClientLeft{At: l.now(), Client: c.id})
	delete(l.clients, c.id)
	delete(l.sessions, c.session)
	if !c.observer {
		l.members--
		if l.member == "client "+c.name {
			l.member = "another member of this cluster"
		}
	}
	l.log.Info("client left", "client", c.name, "cause", why)
}
