package suite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/bench/internal/taskbench"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// TaskBench is the suite of METG(50 %): how long a task must be at least for
// half of the machine's arithmetic to be left for it.
func TaskBench() harness.Suite {
	return harness.Suite{
		Name:  "taskbench",
		About: "METG(50 %) of Task Bench's patterns, in one process and through worker processes, at 1, 8 and 64 tasks a core; beside Dask, Ray and bare messages",
		Plan:  planTaskBench,
	}
}

// A place is where grids run.
type place struct {
	name    string
	runner  graph.Runner
	steps   int
	samples int // runs a point is the median of
	from    uint32
}

func planTaskBench(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	local, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(cfg.Threads), cluster.Threads(1))
	if err != nil {
		return nil, nil, err
	}
	c, err := local.Client(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, local.Close())
	}
	one := place{"process=one", &graph.Local{Threads: cfg.Threads}, 1000, 5, 500}
	many := place{"process=" + strconv.Itoa(cfg.Threads), c, 300, 3, 20_000}
	if cfg.Quick {
		one.steps, one.samples, many.steps, many.samples = 300, 3, 60, 1
	}
	var peers []harness.Peer
	for _, name := range []string{"dask", "ray"} {
		peers = append(peers, harness.NewProcess(name, "taskbench.py", "--threads", fmt.Sprint(cfg.Threads)))
	}
	bare, err := barePeer(ctx, c, cfg.Threads)
	if err != nil {
		return nil, nil, errors.Join(err, c.Close(), local.Close())
	}
	var cases []harness.Case
	for _, at := range []place{one, many} {
		for _, p := range taskbench.Patterns() {
			for _, each := range []int{1, 8, 64} {
				if cfg.Quick && (each == 64 || each == 1 && p.Name != "stencil_1d") {
					continue
				}
				var beside []harness.Peer
				if at.runner == c && each < 64 && (p.Name == "stencil_1d" || p.Name == "trivial" && each > 1) {
					beside = peers // whose METG is milliseconds in every row, and takes minutes to find in more
				}
				if at.runner == c && p.Name == "stencil_1d" {
					beside = append([]harness.Peer{bare(at, each)}, beside...)
				}
				cases = append(cases, metgCase(at, p, each, cfg.Threads, beside))
			}
		}
	}
	return cases, func() error { return errors.Join(closePeers(peers), c.Close(), local.Close()) }, nil
}

// barePeer returns what makes the limit of a stencil: the same steps by the same
// processes with a message to and from each over TCP and no engine at all.
func barePeer(ctx context.Context, c *client.Client, cores int) (func(at place, each int) harness.Peer, error) {
	rs, err := client.RunOn(ctx, c, taskbench.ServeBare, 0)
	if err != nil {
		return nil, err
	}
	var addresses []string
	for _, r := range rs {
		if r.Err != nil {
			return nil, r.Err
		}
		addresses = append(addresses, r.Value)
	}
	return func(at place, each int) harness.Peer {
		from := at.from
		try := func(ctx context.Context) (seconds float64, err error) {
			bare, err := taskbench.DialBare(ctx, addresses, each, at.steps)
			if err != nil {
				return 0, err
			}
			defer bare.Close()
			search := taskbench.Search{
				Run: bare.Run, Tasks: bare.Tasks(), Cores: cores, Samples: at.samples, From: from,
				Peak: func(about time.Duration) float64 { return taskbench.Calibrate(cores, about) },
			}
			seconds, from, err = search.METG()
			return seconds, err
		}
		return &harness.Limit{PeerName: "bare", PeerVersion: "TCP, lockstep", Try: try}
	}, nil
}

// checkedSteps is how many steps the grid has whose results ours and the
// peers' are compared by.
const checkedSteps = 10

// metgRequest is what the peers' program is asked for.
type metgRequest struct {
	Pattern string `json:"pattern"` // trivial or stencil_1d
	Columns int    `json:"columns"`
	Steps   int    `json:"steps"` // of the grid whose results are compared, and of those that are timed
}

func metgCase(at place, p taskbench.Pattern, each, cores int, peers []harness.Peer) harness.Case {
	columns := each * cores
	var grid *taskbench.Grid
	from := at.from
	return harness.Case{
		Name:   fmt.Sprintf("%s/%s/tasks=%d", p.Name, at.name, each),
		Metric: "µs METG(50%)", Better: harness.Lower,
		Value: func(seconds float64) float64 { return seconds * 1e6 },
		Prepare: func(context.Context) (func(), error) {
			grid = taskbench.NewGrid(p, columns, at.steps)
			return func() { grid = nil }, nil
		},
		Ours: func(ctx context.Context, call harness.Call) (s harness.Sample, err error) {
			if call.Check {
				small := taskbench.NewGrid(p, columns, checkedSteps)
				if _, err := small.Run(ctx, at.runner, 1); err != nil {
					return s, err
				}
				s.Answer = harness.Answer{"digest": small.Digest()}
			}
			search := taskbench.Search{
				Run:   func(n uint32) (float64, error) { return grid.Run(ctx, at.runner, n) },
				Tasks: grid.Tasks(), Cores: cores, Samples: at.samples, From: from,
				Peak: func(about time.Duration) float64 { return taskbench.Calibrate(cores, about) },
			}
			s.Seconds, from, err = search.METG()
			return s, err
		},
		Peers:   peers,
		Request: metgRequest{Pattern: p.Name, Columns: columns, Steps: checkedSteps},
	}
}
