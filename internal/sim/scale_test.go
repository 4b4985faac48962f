package sim

import (
	"testing"
	"time"
)

const ms = time.Millisecond

// TestScaleStencil: a thousand workers are kept busy by a stencil.
func TestScaleStencil(t *testing.T) {
	scale(t, Cluster{Workers: 1000}, Stencil(2000, 20, 20*ms, 8<<20, 64<<10))
}

// scale runs a load and demands that it takes at most 1.3 times the bound.
func scale(t *testing.T, c Cluster, l *Load) {
	t.Helper()
	o, err := Scale(c, l)
	t.Logf("%s, %d tasks, %d workers: %v, %.2f times the bound of max(%v, %v); %d MB moved, imbalance %.2f, %+v",
		l.Name, l.Graph.Len(), c.Workers, o.Makespan, o.Ratio(), o.Critical, o.Share, o.Moved>>20, o.Imbalance(c), o.Stealing)
	if err != nil || o.Ratio() > 1.3 || o.Ratio() < 1 {
		t.Fatalf("%.2f times the bound, or %v", o.Ratio(), err)
	}
}
