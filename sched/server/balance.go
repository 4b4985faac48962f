package server

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
	"github.com/ashlar-go/ashlar/sched"
)

// placing is what a client asks about where values are, decoded.
type placing struct {
	replicate, rebalance []graph.Key
}

func readPlacing(m *pb.FromClient) (p placing, err error) {
	if r := m.Replication; r != nil && r.Copies < 0 {
		return p, fmt.Errorf("%d copies are asked for", r.Copies)
	}
	for _, f := range []struct {
		to   *[]graph.Key
		from []*pb.Key
	}{{&p.replicate, m.GetReplication().GetKeys()}, {&p.rebalance, m.GetRebalancing().GetKeys()}} {
		if *f.to, err = wire.KeysFromPB(f.from); err != nil {
			return p, err
		}
	}
	return p, nil
}

// arrange does what a client asks about where values are.
func (l *loop) arrange(c *client, r *request) {
	at := l.now()
	if m := r.m.Replication; m != nil {
		l.step(sched.ReplicateKeys{At: at, Client: c.id, Keys: r.placing.replicate, Copies: int(m.Copies)})
	}
	if r.m.Rebalancing != nil {
		l.step(sched.Rebalance{At: at, Client: c.id, Keys: r.placing.rebalance})
	}
}

func balance(in *sched.Info) *pb.Balance {
	b := &pb.Balance{
		Taken: in.Taken, Asked: in.Asked, Moved: in.Stealing.Moved, Refused: in.Refused,
		CopiesUnderWay: int64(in.UnderWay), CopiesMade: in.Made, ValuesMoved: in.Replicas.Moved,
		CopiesFailed: in.Failed, CopiesDropped: in.Dropped, Rebalancing: in.Rebalancing,
		Target: int64(in.Target.Workers), TargetWhy: in.Target.Why,
	}
	for _, w := range in.Target.Retire {
		b.Dispensable = append(b.Dispensable, uint32(w))
	}
	return b
}
