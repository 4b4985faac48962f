package outofcore

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ashlar-go/ashlar/cluster"
)

func TestMain(m *testing.M) {
	cluster.Init()
	goleak.VerifyTestMain(m)
}

const mib = 1 << 20

// times is how much larger the data is than the memory.
const times = 5

// TestLargerThanMemory: with several times as much data as memory the answers are
// right, and no worker process ever has more resident than its limit and a
// tenth.
func TestLargerThanMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it moves gigabytes")
	}
	const limit = 96 * mib
	for _, c := range []struct {
		name    string
		workers int
		work    Work
	}{
		{"product", 1, NewProduct(times*limit, 2048, 512)},
		{"groups", 1, NewGroups(times*limit, 2*mib, 1000)},
		{"transpose", 2, NewTranspose(times*2*limit, 2*mib)},
		{"sort", 2, NewSort(times*2*limit, 2*mib)},
		{"join", 2, NewJoin(times*2*limit, 2*mib)},
	} {
		t.Run(c.name, func(t *testing.T) { holds(t, c.workers, limit, limit+limit/10, c.work) })
	}
}

func holds(t *testing.T, workers int, limit, most int64, w Work) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	r, err := Start(ctx, workers, limit, cluster.Spill(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	m, err := r.Measure(ctx, w)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MiB of data, %d MiB of limit: held in %v, run in %v, %.1f MiB resident at most", w.Bytes()/mib, limit/mib, m.Hold, m.Run, float64(m.Peak)/mib)
	if m.Peak > most {
		t.Errorf("a worker had %.1f MiB resident, of %.1f", float64(m.Peak)/mib, float64(most)/mib)
	}
}
