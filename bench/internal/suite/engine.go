package suite

import (
	"context"
	"errors"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
)

// engine is what the suites of arrays and frames run on: a scheduler and one
// worker in this process, with as many threads as the peers get.
type engine struct {
	*client.Client
	local *cluster.Cluster
}

func startEngine(ctx context.Context, cfg harness.Config) (*engine, error) {
	local, err := cluster.Local(ctx, cluster.Workers(1), cluster.Threads(cfg.Threads))
	if err != nil {
		return nil, err
	}
	c, err := local.Client(ctx)
	if err != nil {
		return nil, errors.Join(err, local.Close())
	}
	return &engine{c, local}, nil
}

func (e *engine) close() error { return errors.Join(e.Client.Close(), e.local.Close()) }
