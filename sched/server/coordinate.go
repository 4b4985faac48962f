package server

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
	"github.com/ashlar-go/ashlar/sched/coord"
)

// coordOp returns what m asks for. What makes no sense within an op is answered
// by the machine; what is no op is an error.
func coordOp(m *pb.Coordinate) (coord.Op, error) {
	if m.Count < 0 || m.Count > math.MaxInt32 || m.Buffer < 0 || m.Buffer > math.MaxInt32 {
		return nil, fmt.Errorf("a request to coordinate counts %d and %d", m.Count, m.Buffer)
	}
	count, lease := int(m.Count), time.Duration(m.LeaseNanos)
	switch m.Verb {
	case pb.Coordinate_ACQUIRE:
		return coord.Acquire{Names: m.Names, N: count, Try: m.Try}, nil
	case pb.Coordinate_RENEW:
		return coord.Renew{Of: m.Of}, nil
	case pb.Coordinate_HEARD:
		return coord.Heard{Of: m.Of, N: count}, nil
	case pb.Coordinate_TOOK:
		return coord.Took{Of: m.Of}, nil
	case pb.Coordinate_END:
		return coord.End{Of: m.Of, Queue: strings.Join(m.Names, "")}, nil
	}
	if len(m.Names) != 1 {
		return nil, fmt.Errorf("a request to coordinate (%v) has %d names, not 1", m.Verb, len(m.Names))
	}
	name := m.Names[0]
	switch m.Verb {
	case pb.Coordinate_TAKE_PERMIT:
		return coord.TakePermit{Name: name, Size: count, Lease: lease, Try: m.Try}, nil
	case pb.Coordinate_SET_EVENT, pb.Coordinate_CLEAR_EVENT:
		return coord.SetEvent{Name: name, On: m.Verb == pb.Coordinate_SET_EVENT}, nil
	case pb.Coordinate_AWAIT_EVENT:
		return coord.AwaitEvent{Name: name, Try: m.Try}, nil
	case pb.Coordinate_GET:
		return coord.Get{Name: name, Max: count, Try: m.Try}, nil
	case pb.Coordinate_SIZE:
		return coord.Size{Name: name}, nil
	case pb.Coordinate_DELETE_QUEUE:
		return coord.DeleteQueue{Name: name}, nil
	case pb.Coordinate_READ:
		return coord.Read{Name: name, Try: m.Try}, nil
	case pb.Coordinate_DELETE_VARIABLE:
		return coord.DeleteVariable{Name: name}, nil
	case pb.Coordinate_SUBSCRIBE:
		return coord.Subscribe{Name: name, Window: count, Buffer: int(m.Buffer)}, nil
	}
	return coordValueOp(m, name)
}

// coordValueOp is coordOp for what brings a value.
func coordValueOp(m *pb.Coordinate, name string) (coord.Op, error) {
	v := coord.Value{Data: m.Data}
	if m.Key != nil {
		k, err := wire.KeyFromPB(m.Key)
		if err != nil {
			return nil, err
		}
		if v = (coord.Value{Key: k}); !v.IsKey() {
			return nil, fmt.Errorf("a request to coordinate has a key of zeros")
		}
	}
	switch m.Verb {
	case pb.Coordinate_PUT:
		return coord.Put{Name: name, Max: int(m.Count), Value: v, Try: m.Try}, nil
	case pb.Coordinate_WRITE:
		return coord.Write{Name: name, Value: v}, nil
	case pb.Coordinate_PUBLISH:
		return coord.Publish{Name: name, Value: v}, nil
	}
	return nil, fmt.Errorf("a request to coordinate asks for %v, which this scheduler does not know", m.Verb)
}

func (c *client) coordinated(l *loop, a sched.Coordinated) {
	m := c.at(l, stageCoordinated)
	p := &pb.Coordinated{
		Request: a.Answer.Request, Outcome: pb.Coordinated_Outcome(a.Answer.Outcome), Data: a.Answer.Value.Data,
		Names: a.Answer.Names, Count: int64(a.Answer.Count), Text: strings.ToValidUTF8(a.Answer.Text, "\uFFFD"),
	}
	if v := a.Answer.Value; v.IsKey() {
		p.Key = wire.KeyToPB(v.Key)
	}
	m.Coordinated = append(m.Coordinated, p)
	c.out.cost += len(p.Data) + len(p.Text)
}
