package flight

import (
	"context"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/flight"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// dropAction ends the publication of the name in its body.
const dropAction = "drop"

// ListActions says what DoAction does.
func (s *Server) ListActions(_ *flight.Empty, stream flight.FlightService_ListActionsServer) error {
	return stream.Send(&flight.ActionType{
		Type: dropAction, Description: "Ends the publication of the dataset whose name is the body. What others hold of it stays.",
	})
}

// DoAction does what ListActions says.
func (s *Server) DoAction(a *flight.Action, stream flight.FlightService_DoActionServer) error {
	ctx := stream.Context()
	if a.GetType() != dropAction {
		return status.Errorf(codes.Unimplemented, "there is no action %q; there are: %s", a.GetType(), dropAction)
	}
	name := string(a.GetBody())
	if strings.TrimSpace(name) == "" {
		return status.Errorf(codes.InvalidArgument, "the action %s wants the name of a dataset as its body", dropAction)
	}
	if err := s.catalog.Drop(ctx, name); err != nil {
		return statusOf(ctx, err)
	}
	s.log.Info("dropped", "dataset", name)
	return nil
}

// DoExchange is not served: there is nothing to compute on what comes.
func (s *Server) DoExchange(flight.FlightService_DoExchangeServer) error {
	return status.Error(codes.Unimplemented, "DoExchange is not served: put a dataset, and read another")
}

// PollFlightInfo is not served: GetFlightInfo waits.
func (s *Server) PollFlightInfo(context.Context, *flight.FlightDescriptor) (*flight.PollInfo, error) {
	return nil, status.Error(codes.Unimplemented, "PollFlightInfo is not served: GetFlightInfo waits until the dataset is there")
}
