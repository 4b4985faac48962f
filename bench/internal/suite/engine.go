package suite

import (
	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/graph"
)

// engine is what the suites of arrays and frames run on: in this process, with
// as many threads as the peers get.
type engine struct {
	graph.Runner
	close func() error
}

func startEngine(cfg harness.Config) *engine {
	return &engine{&graph.Local{Threads: cfg.Threads}, func() error { return nil }}
}
