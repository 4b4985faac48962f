package sim

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// uneven is tasks that read one value, a large one, and of which some take much
// longer than the others of their name: nobody can know which.
func uneven(tasks int, typical time.Duration, bytes int64) *Load {
	p := &planner{}
	rng := rand.New(rand.NewPCG(1, 13))
	source := p.add("source", typical, bytes)
	for range tasks {
		took := typical/2 + time.Duration(rng.ExpFloat64()*float64(typical)/2)
		if rng.IntN(20) == 0 {
			took *= 10
		}
		p.output(p.addUnknown("uneven", took, 1000, source.Whole()))
	}
	return p.load("uneven")
}

// addUnknown is add for an op that does not say how long it takes.
func (p *planner) addUnknown(op string, took time.Duration, bytes int64, deps ...graph.Dep) graph.Ref {
	n := uint32(len(p.l.Took))
	p.l.Took, p.l.Bytes = append(p.l.Took, took), append(p.l.Bytes, bytes)
	return p.b.Add(graph.Class{Op: op, Cost: graph.Cost{Output: bytes}}, binary.LittleEndian.AppendUint32(nil, n), deps...)
}

// TestStealingEvensOut: stealing brings a cluster close to its bound where
// placement alone cannot, and without it nothing is taken.
func TestStealingEvensOut(t *testing.T) {
	l := uneven(6000, 20*ms, 4<<20)
	measure := func(cfg sched.Config) Outcome {
		c := Cluster{Workers: 30, Threads: 1, Sched: cfg}
		o, err := Scale(c, l)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v, %.2f times the bound of max(%v, %v); %d MB moved, imbalance %.2f, %+v",
			o.Makespan, o.Ratio(), o.Critical, o.Share, o.Moved>>20, o.Imbalance(c), o.Stealing)
		return o
	}
	with, without := measure(sched.Config{}), measure(sched.Config{NoStealing: true})
	if with.Ratio() > 1.3 || with.Makespan >= without.Makespan {
		t.Errorf("%.2f times the bound, %.2f without stealing", with.Ratio(), without.Ratio())
	}
	if without.Stealing != (sched.Stealing{}) {
		t.Errorf("stealing is off, and did %+v", without.Stealing)
	}
}
