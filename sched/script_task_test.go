package sched

import "github.com/ashlar-go/ashlar/graph"

// taskEvent reads what a task does while it executes.
func (s *script) taskEvent() Event {
	switch s.d.Cmd {
	case "seceded":
		id := parseID(s.arg(1))
		return Seceded{s.now, workerOf(s.arg(0)), id, s.attempt(id)}
	case "rejoined":
		id := parseID(s.arg(1))
		return Rejoined{s.now, workerOf(s.arg(0)), id, s.attempt(id)}
	case "call":
		return ActorCall{s.now, s.client(), uint32(atoi(s.arg(2))), key(s.arg(1)), s.arg(3), []byte("arg")}
	case "returned":
		e := ActorReturned{At: s.now, Worker: workerOf(s.arg(0)), Call: uint64(atoi(s.arg(1))), Result: []byte("ok")}
		if s.d.HasArg("err") {
			e.Result, e.Err = nil, &graph.TaskError{Message: s.str("err")}
		}
		return e
	}
	s.d.Fatalf(s.t, "unknown command %q", s.d.Cmd)
	return nil
}

func (s *script) submit() Event {
	e := Submit{At: s.now, Client: s.client(), Run: uint32(atoi(s.arg(1))), Graph: s.graph()}
	if p := s.str("parent"); p != "" {
		e.Parent = parseID(p)
	}
	return e
}
