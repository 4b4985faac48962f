package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
)

// doomed is the variable that makes this test binary a program that starts a
// cluster, says the pids of its workers, and waits to be killed.
const doomed = "CLUSTERTEST_DOOMED"

func TestMain(m *testing.M) {
	cluster.Init()
	if os.Getenv(doomed) != "" {
		beDoomed()
	}
	if address := os.Getenv(guestVariable); address != "" {
		guestMain(address)
	}
	if address := os.Getenv(readerVariable); address != "" {
		readerMain(address)
	}
	goleak.VerifyTestMain(m)
}

func beDoomed() {
	c, err := cluster.Local(context.Background(), cluster.Workers(2), cluster.Threads(1), cluster.Processes())
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(c.Worker(0).Pid, c.Worker(1).Pid)
	select {}
}

// guestVariable makes this test binary a client of the scheduler whose address
// it has; see beGuest.
const guestVariable = "CLUSTERTEST_GUEST"

// readerVariable makes this test binary a client that reads results until it is
// killed; see beReader.
const readerVariable = "CLUSTERTEST_READER"

// readerMain is beReader where that is built.
var readerMain = func(string) {}

// guestMain is beGuest where that is built.
var guestMain = func(string) {}

var (
	whoami = graph.NewFunc("clustertest.whoami", func(context.Context, int) (int, error) { return os.Getpid(), nil })
	// nap takes a while and returns its argument.
	nap = graph.NewFunc("clustertest.nap", func(ctx context.Context, x int) (int, error) {
		select {
		case <-time.After(10 * time.Millisecond):
			return x, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
	pair = graph.NewFunc("clustertest.pair", func(_ context.Context, xs []int) (int, error) {
		time.Sleep(5 * time.Millisecond)
		return xs[0] + 3*xs[1], nil
	})
	suicide = graph.NewFunc("clustertest.suicide", func(context.Context, int) (int, error) {
		p, err := os.FindProcess(os.Getpid())
		if err != nil {
			return 0, err
		}
		if err := p.Kill(); err != nil {
			return 0, err
		}
		select {}
	})
)

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

func (r *record) logger() *slog.Logger { return slog.New(slog.NewTextHandler(r, nil)) }

// processes starts a cluster of two worker processes, and a client.
func processes(t *testing.T, opts ...cluster.Option) (*cluster.Cluster, *client.Client, context.Context) {
	t.Helper()
	return start(t, append([]cluster.Option{cluster.Workers(2), cluster.Threads(1), cluster.Processes()}, opts...)...)
}

// start starts a cluster, and a client.
func start(t *testing.T, opts ...cluster.Option) (*cluster.Cluster, *client.Client, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	cl, err := cluster.Local(ctx, opts...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cl.Client(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(c.Close(), cl.Close()); err != nil {
			t.Error(err)
		}
	})
	return cl, c, ctx
}
