package sim

import (
	"testing"
	"time"
)

func TestScaleTry(t *testing.T) {
	const ms = time.Millisecond
	for _, l := range []*Load{Stencil(4000, 50, 20*ms, 8<<20, 64<<10), Cholesky(64, 40*ms, 8<<20), Cholesky(80, 40*ms, 8<<20), Cholesky(100, 40*ms, 8<<20)} {
		start := time.Now()
		c := Cluster{Workers: 1000}
		o, err := Scale(c, l)
		t.Logf("%s: %d tasks: %v ratio %.2f (critical %v share %v) moved %d GB fetched %d imbalance %.2f decisions %v %+v %v; in %v", l.Name, l.Graph.Len(), o.Makespan, o.Ratio(), o.Critical, o.Share, o.Moved>>30, o.Fetched, o.Imbalance(c), o.Decisions, o.Stealing, err, time.Since(start))
	}
}
