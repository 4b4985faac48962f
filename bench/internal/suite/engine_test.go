package suite

import (
	"context"
	"os"
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/cluster"
)

func TestMain(m *testing.M) {
	cluster.Init() // a worker process of the tasks suite is this program
	os.Exit(m.Run())
}

func startTestEngine(t testing.TB, cfg harness.Config) *engine {
	t.Helper()
	run, err := startEngine(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run.close(); err != nil {
			t.Error(err)
		}
	})
	return run
}

// The tasks suite needs no peer to know its answers.
func TestTasks(t *testing.T) {
	cfg := harness.Config{Quick: true, Runs: harness.MinRuns, Threads: 2}
	cases, closeAll, err := Tasks().Plan(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := closeAll(); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range cases {
		if c.Prepare != nil {
			release, err := c.Prepare(t.Context())
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			defer release()
		}
		s, err := c.Ours(t.Context(), harness.Call{Check: true, Repeat: 1})
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if s.Answer["each"] != 1 || s.Seconds <= 0 {
			t.Errorf("%s: answer %v in %v s", c.Name, s.Answer, s.Seconds)
		}
	}
}
