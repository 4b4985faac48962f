package harness_test

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// A suite of one case, with a peer in this process and one that is missing.
func Example() {
	took := func(seconds float64) func(context.Context, harness.Call) (harness.Sample, error) {
		return func(context.Context, harness.Call) (harness.Sample, error) {
			return harness.Sample{Seconds: seconds, Answer: harness.Answer{"sum": 42}}, nil
		}
	}
	slow := took(0.03)
	suite := harness.Suite{Name: "demo", Plan: func(context.Context, harness.Config) ([]harness.Case, func() error, error) {
		return []harness.Case{{
			Name: "add", Metric: "ms", Better: harness.Lower,
			Value: func(s float64) float64 { return s * 1e3 },
			Ours:  took(0.02),
			Peers: []harness.Peer{
				&harness.Func{PeerName: "slow", PeerVersion: "1.0",
					Do: func(ctx context.Context, _ *harness.Case, call harness.Call) (harness.Sample, error) {
						return slow(ctx, call)
					}},
				harness.NewProcess("ray", "tasks.py"), // looks for bench/peers below this folder
			},
		}}, func() error { return nil }, nil
	}}
	runner := harness.Runner{
		Config: harness.Config{Runs: 5},
		Env:    harness.Env{CPU: "a processor", Cores: 2, Go: "go1.26"},
		Emit: func(r harness.Row) error {
			fmt.Println(*r.Peer, r.Value, r.Metric, "ratio known:", r.Ratio != nil)
			return nil
		},
	}
	if err := runner.Run(context.Background(), suite); err != nil {
		fmt.Println(err)
	}
	// Output:
	// slow 20 ms ratio known: true
	// ray 20 ms ratio known: false
}
