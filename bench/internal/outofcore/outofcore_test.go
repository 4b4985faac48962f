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

// TestLargerThanMemory: with five times as much data as memory the answers are
// right, and no worker process ever has more resident than its limit and a
// tenth.
func TestLargerThanMemory(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	const limit = 128 * mib
	for name, w := range map[string]Work{
		"product":   NewProduct(times*2*limit, 512),
		"transpose": NewTranspose(times*2*limit, 2*mib),
		"groups":    NewGroups(times*2*limit, 2*mib, 1000),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Start(ctx, 2, limit, cluster.Spill(t.TempDir()))
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
			if most := int64(limit) + limit/10; m.Peak > most {
				t.Errorf("a worker had %.1f MiB resident, of %.1f", float64(m.Peak)/mib, float64(most)/mib)
			}
		})
	}
}
