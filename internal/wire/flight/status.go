package flight

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/dataset"
)

// statusOf makes err what a Flight client understands. An error that is about a
// status already, or is one, keeps its code.
func statusOf(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	text, code := err.Error(), codeOf(ctx, err)
	var inner interface {
		error
		GRPCStatus() *status.Status
	}
	if errors.As(err, &inner) {
		code = inner.GRPCStatus().Code()
		text = strings.Replace(text, inner.Error(), inner.GRPCStatus().Message(), 1)
	}
	return status.Error(code, strings.ToValidUTF8(text, "\uFFFD"))
}

func codeOf(ctx context.Context, err error) codes.Code {
	is := func(targets ...error) bool {
		for _, t := range targets {
			if errors.Is(err, t) {
				return true
			}
		}
		return false
	}
	switch {
	case is(context.DeadlineExceeded, graph.ErrTimeout) || ctx.Err() == context.DeadlineExceeded:
		return codes.DeadlineExceeded
	case is(context.Canceled) || ctx.Err() != nil:
		return codes.Canceled
	case is(ErrUnknown, graph.ErrUnknownKey):
		return codes.NotFound
	case is(ErrTaken):
		return codes.AlreadyExists
	case is(wire.ErrTravel, dataset.ErrNote, ErrForeign):
		return codes.Unimplemented
	case is(kernels.ErrTable, kernels.ErrDType, kernels.ErrShape, kernels.ErrColumn, dataset.ErrTooLong):
		return codes.InvalidArgument
	case is(graph.ErrMemory, kernels.ErrMemory):
		return codes.ResourceExhausted
	case is(wire.ErrDisconnected, wire.ErrUnreachable, graph.ErrLost):
		return codes.Unavailable
	}
	return codes.Internal
}
