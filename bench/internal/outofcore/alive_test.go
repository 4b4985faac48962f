package outofcore

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched/server"
)

// echo is answered by a worker beside its tasks, through the loop that also sends
// its heartbeats.
var echo = graph.NewFunc("outofcoretest.echo", func(_ context.Context, x int) (int, error) { return x, nil })

// silence is how long a worker may say nothing.
const silence = time.Second

// A record is a log that can be searched.
type record struct {
	mu sync.Mutex
	b  strings.Builder
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// TestPressureDelaysNoHeartbeat: workers that move several times their memory to
// disk and back answer within a second throughout. The scheduler gives a worker
// up that it does not hear for so long, and gives up none; and what a client asks
// of them meanwhile is answered in time.
func TestPressureDelaysNoHeartbeat(t *testing.T) {
	if testing.Short() {
		t.Skip("it moves gigabytes")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	const limit = 64 * mib
	log := &record{}
	strict := server.Options{Heartbeat: silence / 5, WorkerTimeout: silence, Log: slog.New(slog.NewTextHandler(log, nil))}
	r, err := Start(ctx, 2, limit, cluster.Spill(t.TempDir()), cluster.Scheduler(strict))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	before := [2]int{r.local.Worker(0).Pid, r.local.Worker(1).Pid}
	asking, done := context.WithCancel(ctx)
	answers, asked := 0, make(chan error, 1)
	go func() {
		for asking.Err() == nil {
			start := time.Now()
			if _, err := client.RunOn(ctx, r.Client, echo, answers); err != nil {
				asked <- err
				return
			}
			if took := time.Since(start); took > silence {
				t.Errorf("the workers took %v to answer", took)
			}
			answers++
			time.Sleep(20 * time.Millisecond)
		}
		asked <- nil
	}()
	_, err = r.Measure(ctx, NewTranspose(times*2*limit, mib))
	done()
	if err := errors.Join(err, <-asked); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Logf("answered %d times", answers)
	if after := [2]int{r.local.Worker(0).Pid, r.local.Worker(1).Pid}; after != before || answers < 20 {
		t.Errorf("processes %v are %v now, and answered %d times", before, after, answers)
	}
	if text := log.String(); strings.Contains(text, "worker lost") {
		t.Errorf("a worker was given up:\n%s", text)
	}
}
