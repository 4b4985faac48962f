package sim

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// A universe is all the work there is: a random DAG of which clients ask for
// pieces. What a key names is the same whoever asks for it, so every value can
// be checked against a naive evaluation.
type universe []*thing

// A thing is a node of the universe.
type thing struct {
	key    graph.Key
	deps   []need
	class  graph.Class
	took   time.Duration
	bytes  int64
	bad    bool // always fails
	poison bool // kills the worker that executes it
	flaky  int  // so many executions fail
	temper temper
	data   bool // a client brings it
	runs   int  // executions so far
	value  uint64
	cone   []uint64 // ancestors and itself, one bit each
}

type need struct {
	thing int
	part  int32
}

func newUniverse(rng *rand.Rand, n int, s shape, faults Fault) universe {
	u := universe{}
	grain := time.Millisecond
	if rng.IntN(3) == 0 {
		grain = 10 * time.Microsecond // so short that what follows is sent ahead
	}
	for i := range n {
		t := &thing{
			key:   graph.NewKey(fmt.Sprintf("n%d", i)),
			took:  time.Duration(1+rng.IntN(40)) * grain,
			bytes: s.bytes(rng, i),
			deps:  s.deps(rng, i),
		}
		t.class = graph.Class{Op: fmt.Sprintf("op%d", rng.IntN(5)), Cost: graph.Cost{Flops: 1e6, Output: t.bytes}}
		if t.class.Op == "op4" {
			t.took /= 1000 // brief: workers start some ahead
		}
		switch rng.IntN(60) {
		case 0:
			t.bad = faults&Fail != 0
		case 1:
			t.poison = faults&Fail != 0 && i%s.times == 0 // as many as in any world: each ends some workers
		case 2, 3, 4:
			if faults&Fail != 0 {
				t.flaky, t.class.Spec.Retries = 2, 2
			}
		case 5, 6, 7, 8, 9:
			t.class.Spec.Resources = graph.Resources{{Name: graph.GPU, Milli: 1000}}
		case 10, 11:
			t.class.Spec.Priority = int32(rng.IntN(3) - 1)
		case 12:
			t.class.Spec.Workers, t.class.Spec.Loose = []string{"w1"}, true
		case 13:
			t.class.Spec.Resources, t.class.Spec.Yields = graph.Resources{{Name: graph.GPU, Milli: 1000}}, true
		}
		t.data = len(t.deps) == 0 && rng.IntN(5) == 0
		t.temper = newTemper(rng)
		t.evaluate(u, i)
		u = append(u, t)
	}
	return u
}

// evaluate computes the value of thing i, and its cone.
func (t *thing) evaluate(u universe, i int) {
	var in []uint64
	t.cone = make([]uint64, i/64+1)
	t.cone[i/64] |= 1 << (i % 64)
	for _, d := range t.deps {
		in = append(in, partOf(u[d.thing].value, d.part))
		for k, bits := range u[d.thing].cone {
			t.cone[k] |= bits
		}
	}
	t.value = compute(uint32(i), in)
}

// thingAt returns the number of the thing that a task with such attributes is.
func thingAt(attr []byte) int { return int(binary.LittleEndian.Uint32(attr)) }

// over reports whether i is in the cone of t.
func (t *thing) over(i int) bool { return i/64 < len(t.cone) && t.cone[i/64]&(1<<(i%64)) != 0 }

// compute is what every task does.
func compute(thing uint32, in []uint64) uint64 {
	h := fnv.New64a()
	b := binary.LittleEndian.AppendUint32(nil, thing)
	for _, v := range in {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	h.Write(b)
	return h.Sum64()
}

// A datum is what a store holds of a value.
type datum struct {
	value uint64
	bytes int64
}

func (d datum) part(part int32) datum {
	if part < 0 {
		return d
	}
	return datum{partOf(d.value, part), d.bytes / 4}
}

func partOf(v uint64, part int32) uint64 {
	if part < 0 {
		return v
	}
	return compute(uint32(part), []uint64{v})
}

// any reports whether something in the cone of thing i is so.
func (u universe) any(i int, is func(*thing) bool) bool {
	for c := range i + 1 {
		if u[i].over(c) && is(u[c]) {
			return true
		}
	}
	return false
}

// graph returns the graph of the things wanted. Those for which input is true
// are taken from the cluster; those for which also is true are outputs too.
func (u universe) graph(wanted []int, input, also func(int) bool) *graph.Graph {
	need := make([]bool, len(u))
	for _, i := range wanted {
		need[i] = true
	}
	for i := len(u) - 1; i >= 0; i-- {
		if need[i] && !input(i) {
			for _, d := range u[i].deps {
				need[d.thing] = true
			}
		}
	}
	b := &graph.Builder{}
	refs := make([]graph.Ref, len(u))
	for i, t := range u {
		switch {
		case !need[i]:
		case input(i):
			refs[i] = b.Input(t.key)
		default:
			deps := make([]graph.Dep, len(t.deps))
			for k, d := range t.deps {
				deps[k] = graph.Dep{Ref: refs[d.thing], Part: d.part}
			}
			refs[i] = b.Add(t.class, binary.LittleEndian.AppendUint32(nil, uint32(i)), deps...)
			if also(i) {
				b.Output(refs[i], t.key)
			}
		}
	}
	return b.Graph()
}
