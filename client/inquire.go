package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// inquire says m as a request and waits for the answer. The error wraps ErrNotFound,
// ErrExists, ErrTooLarge or ErrBadAsk if the scheduler refuses.
func (c *Client) inquire(ctx context.Context, m *pb.FromClient) (*pb.ToClient, error) {
	if ctx.Err() != nil {
		return nil, explain(ctx, context.Cause(ctx))
	}
	c.mu.Lock()
	if err := c.alive(); err != nil {
		c.mu.Unlock()
		return nil, err
	}
	answer, _ := c.request(m)
	c.mu.Unlock()
	select {
	case a := <-answer:
		if a.Refusal != nil {
			return nil, refused(a.Refusal)
		}
		return a, nil
	case <-c.down:
		return nil, c.err
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.asked, m.Request)
		c.mu.Unlock()
		return nil, explain(ctx, context.Cause(ctx))
	}
}

// question asks about something and returns the answer.
func (c *Client) question(ctx context.Context, q *pb.Ask) (*pb.Answer, error) {
	m, err := c.inquire(ctx, &pb.FromClient{Ask: q})
	if err != nil {
		return nil, err
	}
	if m.Answer == nil {
		return nil, fmt.Errorf("client: the scheduler at %s answers nothing to a question", c.address)
	}
	return m.Answer, nil
}

func refused(p *pb.Refusal) error {
	err := wire.RefusalFromPB(p)
	if errors.Is(err, wire.ErrTooLarge) {
		err = wire.Because(ErrTooLarge, err)
	}
	return fmt.Errorf("client: %w", err)
}
