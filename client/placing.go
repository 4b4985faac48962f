package client

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// ErrStuck: a worker that is to go has results that no other worker has room
// for.
var ErrStuck = errors.New("its results have nowhere to go")

// stuckPolls is how often in a row a worker must be found stuck: the scheduler
// looks at others for room each time.
const stuckPolls = 20

func keysOf(rs []Result) []graph.Key {
	ks := make([]graph.Key, len(rs))
	for i, r := range rs {
		ks[i] = r.Key()
	}
	return ks
}

// order says m if the session is alive.
func (c *Client) order(m *pb.FromClient) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return err
	}
	c.say(m)
	return nil
}

// Replicate has the value of each of rs held by n workers, or by all if there
// are fewer, and returns when it is. The scheduler keeps that many, also when
// workers leave, until Replicate is called with 1. If ctx ends first it goes on
// doing so. The error is that of a value that failed, or of the session.
func (c *Client) Replicate(ctx context.Context, n int, rs ...Result) error {
	if n < 1 {
		return fmt.Errorf("client: replicate: %d copies of a value cannot be", n)
	}
	if err := WaitAll(ctx, rs...); err != nil {
		return err
	}
	keys := keysOf(rs)
	if err := c.order(&pb.FromClient{Replication: &pb.Replication{Keys: wire.KeysToPB(keys), Copies: int32(n)}}); err != nil {
		return err
	}
	var failed error
	err := c.poll(ctx, "replicate", func(in *Info) (lacks string) {
		if lacks, failed = c.lackCopies(ctx, in, n, rs, keys); failed != nil {
			return ""
		}
		return lacks
	})
	if failed != nil {
		return fmt.Errorf("client: replicate: %w", failed)
	}
	return err
}

// lackCopies says how many values are on fewer than n workers, or nothing.
func (c *Client) lackCopies(ctx context.Context, in *Info, n int, rs []Result, keys []graph.Key) (string, error) {
	for _, r := range rs {
		if s := r.Status(); s == StatusFailed || s == StatusCancelled || s == StatusReleased {
			return "", r.Wait(ctx)
		}
	}
	held, err := c.Holders(ctx, keys...)
	if err != nil {
		return "", err
	}
	staying, few := 0, 0
	for _, w := range in.Workers {
		if !w.Retiring {
			staying++
		}
	}
	for _, names := range held {
		if len(names) < min(n, staying) {
			few++
		}
	}
	if few == 0 {
		return "", nil
	}
	return fmt.Sprintf("%d of %d values have too few copies", few, len(rs)), nil
}

// Rebalance evens out how much the workers hold: of the values of rs, or of
// everything if there are none. It returns when nothing more moves. Values that
// tasks are about to read stay where they are.
func (c *Client) Rebalance(ctx context.Context, rs ...Result) error {
	if err := WaitAll(ctx, rs...); err != nil {
		return err
	}
	if err := c.order(&pb.FromClient{Rebalancing: &pb.Rebalancing{Keys: wire.KeysToPB(keysOf(rs))}}); err != nil {
		return err
	}
	return c.poll(ctx, "rebalance", func(in *Info) string {
		if b := &in.Balance; b.Rebalancing || b.CopiesUnderWay > 0 {
			return fmt.Sprintf("%d copies are being made", b.CopiesUnderWay)
		}
		return ""
	})
}

// A stuckWatch notices when workers that are to go cannot.
type stuckWatch struct {
	polls int
	err   error
}

// look reports whether any of the workers has been stuck for long.
func (s *stuckWatch) look(in *Info, ids []uint32) bool {
	k := slices.IndexFunc(in.Workers, func(w WorkerInfo) bool { return w.Blocked != "" && slices.Contains(ids, w.ID) })
	if k < 0 || in.Balance.CopiesUnderWay > 0 {
		s.polls = 0
		return false
	}
	if s.polls++; s.polls < stuckPolls {
		return false
	}
	w := in.Workers[k]
	s.err = fmt.Errorf("client: retire workers: %s: %w: %s", w.Name, ErrStuck, w.Blocked)
	return true
}

// Balance is how work and data moved between workers since the scheduler
// started, and how many workers there should be.
type Balance struct {
	Taken, Asked, Moved, Refused int64 // tasks: taken before they were sent, asked back, had back, started already
	CopiesUnderWay, CopiesMade   int64
	ValuesMoved                  int64
	CopiesFailed, CopiesDropped  int64
	Rebalancing                  bool
	Target                       int      // how many workers would be right
	TargetWhy                    string   // for people
	Dispensable                  []uint32 // who had better be retired, if fewer suffice
}

func balanceFromPB(b *pb.Balance) Balance {
	return Balance{
		Taken: b.GetTaken(), Asked: b.GetAsked(), Moved: b.GetMoved(), Refused: b.GetRefused(),
		CopiesUnderWay: b.GetCopiesUnderWay(), CopiesMade: b.GetCopiesMade(), ValuesMoved: b.GetValuesMoved(),
		CopiesFailed: b.GetCopiesFailed(), CopiesDropped: b.GetCopiesDropped(), Rebalancing: b.GetRebalancing(),
		Target: int(b.GetTarget()), TargetWhy: b.GetTargetWhy(), Dispensable: b.GetDispensable(),
	}
}
