package client

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
)

// What can be wrong between a program and its scheduler, for errors.Is. What
// can be wrong with a task has its sentinels in package graph.
var (
	ErrUnreachable  = wire.ErrUnreachable
	ErrRefused      = wire.ErrRefused
	ErrDisconnected = wire.ErrDisconnected
	ErrClosed       = errors.New("the client is closed")
	ErrReleased     = errors.New("the future was released")

	// Why the scheduler does not do what it was asked.
	ErrExists   = wire.ErrExists
	ErrNotFound = wire.ErrNotFound
	ErrBadAsk   = wire.ErrBadAsk
)

func cancelled(k graph.Key, cause string) error {
	return &graph.TaskError{Kind: graph.KindCancelled, Task: k.String(), Message: cause}
}

// A released is the error of a want that was let go. It is made for every
// future, and read for few.
type released want

func (r *released) Error() string { return fmt.Sprintf("client: %v: %v", ErrReleased, r.key) }
func (r *released) Unwrap() error { return ErrReleased }
