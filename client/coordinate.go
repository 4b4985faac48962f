package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// What can be wrong with a lock, semaphore, event, queue, variable or topic,
// for errors.Is.
var (
	ErrNotHeld   = errors.New("it is not held")
	ErrLeaseLost = errors.New("its lease was not renewed in time, and it was taken back")
	ErrConflict  = errors.New("the name is in use with another size")
	ErrTooLarge  = errors.New("the value is too large to pass through the scheduler: scatter it and put the future")
	ErrFull      = errors.New("the scheduler holds as many values as it may: take some out, or scatter them and put the futures")
	ErrDeleted   = errors.New("the queue was deleted")
	ErrMissed    = errors.New("messages were dropped because this subscriber was slow")
)

// A claim is a request to coordinate that may be answered (again). Its
// functions are called with the client's lock held.
type claim struct {
	hear func(a *pb.Coordinated)
	over func(err error) // the session is over; may be nil
}

// hearCoordinated acts on the answers of the scheduler. What was withdrawn is
// answered in vain: the scheduler has taken back what it granted. The caller
// holds the lock.
func (c *Client) hearCoordinated(as []*pb.Coordinated) {
	for _, a := range as {
		if cl := c.claims[a.Request]; cl != nil {
			cl.hear(a)
		}
	}
}

// A question is a request whose first answer is waited for.
type question struct {
	c      *Client
	op     *pb.Coordinate
	answer chan *pb.Coordinated // holds one
}

// pose says op. When that is done, which is then called with the lock held,
// it returns what hears further answers, or nil; then may be nil too.
func (c *Client) pose(op *pb.Coordinate, then func(a *pb.Coordinated) *claim) (*question, error) {
	q := &question{c, op, make(chan *pb.Coordinated, 1)}
	if err := checkNames(op); err != nil {
		return nil, q.wrap(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.alive(); err != nil {
		return nil, err
	}
	c.requests++
	op.Request = c.requests
	c.claims[op.Request] = &claim{hear: func(a *pb.Coordinated) {
		delete(c.claims, op.Request)
		if then != nil && a.Outcome == pb.Coordinated_DONE {
			if next := then(a); next != nil {
				c.claims[op.Request] = next
			}
		}
		q.answer <- a
	}}
	c.say(&pb.FromClient{Coordinate: op})
	return q, nil
}

// ask poses op and waits. If ctx ends first the request is withdrawn.
func (c *Client) ask(ctx context.Context, op *pb.Coordinate, then func(a *pb.Coordinated) *claim) (*pb.Coordinated, error) {
	if ctx.Err() != nil {
		return nil, explain(ctx, context.Cause(ctx))
	}
	q, err := c.pose(op, then)
	if err != nil {
		return nil, err
	}
	return q.wait(ctx, true)
}

// wait returns the answer, or why there is none.
func (q *question) wait(ctx context.Context, withdraw bool) (*pb.Coordinated, error) {
	c := q.c
	if a := q.await(ctx); a != nil {
		return a, q.judge(a)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case a := <-q.answer:
		return a, q.judge(a)
	default:
	}
	delete(c.claims, q.op.Request)
	if err := c.alive(); err != nil {
		return nil, err
	}
	if withdraw {
		end := &pb.Coordinate{Verb: pb.Coordinate_END, Of: q.op.Request}
		if q.op.Verb == pb.Coordinate_PUT {
			end.Names = q.op.Names
		}
		c.say(&pb.FromClient{Coordinate: end})
	}
	return nil, explain(ctx, context.Cause(ctx))
}

// patience is how long a task keeps its slot while it waits for an answer that
// mostly comes at once.
const patience = time.Millisecond

// await returns the answer, or nil when there is none and ctx or the session has
// ended. Inside a task it yields: who has to answer may need the slot. What was
// granted counts even if the task is stopped before it has a slot again.
func (q *question) await(ctx context.Context) (a *pb.Coordinated) {
	wait := func(soon <-chan time.Time) (ended bool) {
		select {
		case a = <-q.answer:
		case <-q.c.down:
		case <-ctx.Done():
		case <-soon:
			return false
		}
		return true
	}
	var soon <-chan time.Time
	if _, err := graph.HostOf(ctx); err == nil {
		soon = time.After(patience)
	}
	if !wait(soon) {
		_ = graph.Yield(ctx, func() error { wait(nil); return nil })
	}
	return a
}

// tell says op, which has no answer. The caller holds the lock.
func (c *Client) tell(op *pb.Coordinate) uint64 {
	if c.alive() != nil {
		return 0
	}
	return c.say(&pb.FromClient{Coordinate: op})
}

var outcomes = map[pb.Coordinated_Outcome]error{
	pb.Coordinated_TOO_LARGE: ErrTooLarge,
	pb.Coordinated_CONFLICT:  ErrConflict,
	pb.Coordinated_DELETED:   ErrDeleted,
	pb.Coordinated_FULL:      ErrFull,
	pb.Coordinated_NO_KEY:    ErrReleased,
	pb.Coordinated_REVOKED:   ErrLeaseLost,
}

// judge turns an answer into an error, if it is one.
func (q *question) judge(a *pb.Coordinated) error {
	switch a.Outcome {
	case pb.Coordinated_DONE, pb.Coordinated_NOT:
		return nil
	}
	if err := outcomes[a.Outcome]; err != nil {
		return q.wrap(fmt.Errorf("%w (%s)", err, a.Text))
	}
	return q.wrap(errors.New(a.Text))
}

func (q *question) wrap(err error) error { return fmt.Errorf("client: %s: %w", subject(q.op), err) }

// subject names what op is about.
func subject(op *pb.Coordinate) string {
	kind := "coordination"
	switch op.Verb {
	case pb.Coordinate_ACQUIRE:
		kind = "lock"
	case pb.Coordinate_TAKE_PERMIT:
		kind = "semaphore"
	case pb.Coordinate_SET_EVENT, pb.Coordinate_CLEAR_EVENT, pb.Coordinate_AWAIT_EVENT:
		kind = "event"
	case pb.Coordinate_PUT, pb.Coordinate_GET, pb.Coordinate_SIZE, pb.Coordinate_DELETE_QUEUE:
		kind = "queue"
	case pb.Coordinate_WRITE, pb.Coordinate_READ, pb.Coordinate_DELETE_VARIABLE:
		kind = "variable"
	case pb.Coordinate_SUBSCRIBE, pb.Coordinate_PUBLISH:
		kind = "topic"
	}
	return fmt.Sprintf("%s %q", kind, strings.Join(op.Names, ", "))
}

// checkNames refuses what cannot travel; the scheduler checks the rest.
func checkNames(op *pb.Coordinate) error {
	for _, n := range op.Names {
		if !utf8.ValidString(n) {
			return errors.New("a name is UTF-8 text, and this is not")
		}
	}
	return nil
}
