package sched

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ashlar-go/ashlar/sched/coord"
)

// ask reads a request to coordinate. A VALUE is a text, or a key after an @.
//
//	ask C REQUEST lock NAME… [n=N] [try]
//	ask C REQUEST permit NAME of=N [lease=MS] [try] | renew OF
//	ask C REQUEST set NAME | clear NAME | wait NAME [try]
//	ask C REQUEST put NAME VALUE [max=N] [try] | get NAME [max=N] [try] | size NAME | drop NAME
//	ask C REQUEST write NAME VALUE | read NAME [try] | unset NAME
//	ask C REQUEST subscribe NAME window=N buffer=N | heard OF N | publish NAME VALUE
//	ask C REQUEST took OF | end OF [queue=NAME]
func (s *script) ask() Event {
	return Coordinate{s.now, s.client(), uint32(atoi(s.arg(1))), s.op(s.arg(2), s.arg(3))}
}

func (s *script) op(verb, name string) coord.Op {
	try := s.d.HasArg("try")
	switch verb {
	case "lock":
		names := s.plain(3)
		if try {
			names = names[:len(names)-1]
		}
		return coord.Acquire{Names: names, N: int(s.num("n", 1)), Try: try}
	case "permit":
		return coord.TakePermit{Name: name, Size: int(s.num("of", 1)), Lease: s.millis("lease"), Try: try}
	case "set", "clear":
		return coord.SetEvent{Name: name, On: verb == "set"}
	case "wait":
		return coord.AwaitEvent{Name: name, Try: try}
	case "put":
		return coord.Put{Name: name, Max: int(s.num("max", 0)), Value: s.value(), Try: try}
	case "get":
		return coord.Get{Name: name, Max: int(s.num("max", 0)), Try: try}
	case "size":
		return coord.Size{Name: name}
	case "drop":
		return coord.DeleteQueue{Name: name}
	case "write":
		return coord.Write{Name: name, Value: s.value()}
	case "read":
		return coord.Read{Name: name, Try: try}
	case "unset":
		return coord.DeleteVariable{Name: name}
	case "subscribe":
		return coord.Subscribe{Name: name, Window: int(s.num("window", 1)), Buffer: int(s.num("buffer", 0))}
	case "publish":
		return coord.Publish{Name: name, Value: s.value()}
	}
	return s.follow(verb, uint32(atoi(name)))
}

// follow reads what is about an earlier request.
func (s *script) follow(verb string, of uint32) coord.Op {
	switch verb {
	case "renew":
		return coord.Renew{Of: of}
	case "heard":
		return coord.Heard{Of: of, N: atoi(s.arg(4))}
	case "took":
		return coord.Took{Of: of}
	case "end":
		return coord.End{Of: of, Queue: s.str("queue")}
	}
	s.d.Fatalf(s.t, "nothing to ask is called %q", verb)
	return nil
}

func (s *script) value() coord.Value {
	text := s.arg(4)
	if k, is := strings.CutPrefix(text, "@"); is {
		return coord.Value{Key: key(k)}
	}
	return coord.Value{Data: []byte(text)}
}

func showAnswer(a coord.Answer) string {
	s := fmt.Sprintf("answer to %d of client %d: %v", a.Request, a.Client, a.Outcome)
	if len(a.Names) > 0 {
		s += fmt.Sprintf(" %v", a.Names)
	}
	if v := cmp.Or(a.Value.Key.Name, string(a.Value.Data)); v != "" {
		s += " " + v
	}
	if a.Count > 0 {
		s += fmt.Sprintf(", count %d", a.Count)
	}
	if a.Text != "" {
		s += ": " + a.Text
	}
	return s + "\n"
}

// coordination is what is left of all that was asked.
func (s *script) coordination() string {
	return fmt.Sprintf("%d names in use, %d bytes, %d keys\n", s.m.coord.InUse(), s.m.coord.Bytes(), len(s.m.keeps))
}
