package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
)

// A fetched is what a holder answered to one request.
type fetched struct {
	values []graph.Value // nil where it did not have one
	busy   bool          // it is to be asked again for what it did not have
	broken error         // why it could not be asked
	fatal  error         // what asking again cannot change

	damaged map[int]error // by index: what came was not what was sent
}

// fetch asks the worker at address for the results of tasks.
func fetch(ctx context.Context, data *wire.DataClient, address string, tasks []graph.TaskID) fetched {
	items := make([]wire.Item, len(tasks))
	for i, t := range tasks {
		items[i] = wire.Item{Task: t, Part: -1}
	}
	answers, err := data.Fetch(ctx, address, items, kernels.AllocatorFrom(ctx))
	f := fetched{values: make([]graph.Value, len(tasks)), broken: err}
	for i, a := range answers {
		f.values[i] = a.Value
		switch {
		case errors.Is(a.Err, wire.ErrDamaged):
			if f.damaged == nil {
				f.damaged = map[int]error{}
			}
			f.damaged[i] = a.Err
		case errors.Is(a.Err, wire.ErrBusy):
			f.busy = true
		case errors.Is(a.Err, wire.ErrTravel), errors.Is(a.Err, wire.ErrEncoding):
			f.fatal = fmt.Errorf("client: gather: %w", a.Err)
		case errors.Is(a.Err, graph.ErrMemory), errors.Is(a.Err, kernels.ErrMemory):
			f.fatal = fmt.Errorf("client: gather: %w: %w", graph.ErrMemory, a.Err)
		}
	}
	return f
}
