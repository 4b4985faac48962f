package array

import (
	"fmt"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/expr"
)

// A lowering turns arrays into tasks. Blocks are made on demand, so what no
// output needs is never lowered, and equal expressions are lowered once, since
// blocks are remembered under the content key of their array.
type lowering struct {
	b     *graph.Builder
	spec  graph.Spec // of the array being lowered
	memo  map[graph.Key]*blocks
	uses  map[graph.Key]int // by how many nodes an array is used
	fused map[graph.Key]*fusion
	trees map[graph.Key]*qrTasks
}

type blocks struct {
	deps []graph.Dep
	made []bool
}

// A fusion is an elementwise expression with those below it inlined.
type fusion struct {
	prog   *expr.Program
	inputs []*Array
}

func newLowering(roots []*Array) *lowering {
	l := &lowering{
		b: &graph.Builder{}, memo: map[graph.Key]*blocks{},
		uses: map[graph.Key]int{}, fused: map[graph.Key]*fusion{}, trees: map[graph.Key]*qrTasks{},
	}
	for _, a := range roots {
		l.count(a)
		l.uses[a.key]++ // an output is never inlined
	}
	return l
}

// count records who uses whom.
func (l *lowering) count(a *Array) {
	if l.uses[a.key]++; l.uses[a.key] > 1 {
		return
	}
	for _, o := range a.node.info().operands {
		l.count(o)
	}
}

// block returns what to depend on for the block of a at the given place.
func (l *lowering) block(a *Array, at []int) graph.Dep {
	m := l.memo[a.key]
	if m == nil {
		n := a.Chunks().Blocks()
		m = &blocks{deps: make([]graph.Dep, n), made: make([]bool, n)}
		l.memo[a.key] = m
	}
	i := flat(a.Chunks().Grid(), at)
	if !m.made[i] {
		outer := l.spec
		l.spec = a.spec
		m.deps[i], m.made[i] = a.node.lower(l, at), true
		l.spec = outer
	}
	return m.deps[i]
}

// made reports whether the block of a at the given place has been lowered.
func (l *lowering) made(a *Array, at []int) bool {
	m := l.memo[a.key]
	return m != nil && m.made[flat(a.Chunks().Grid(), at)]
}

// add appends a task under the spec of the array being lowered. Its result has
// the size of its block.
func (l *lowering) add(op string, cost graph.Cost, attr []byte, deps ...graph.Dep) graph.Ref {
	cost.Sure = true
	return l.bound(op, cost, attr, deps...)
}

// bound is add for a result that may be smaller than its cost says.
func (l *lowering) bound(op string, cost graph.Cost, attr []byte, deps ...graph.Dep) graph.Ref {
	return l.b.Add(graph.Class{Op: op, Spec: l.spec, Cost: cost}, attr, deps...)
}

// output makes every block of a nameable by the key of its place.
func (l *lowering) output(a *Array) {
	each(a.Chunks().Grid(), func(at []int) {
		d := l.block(a, at)
		ref := d.Ref
		if d.Part >= 0 || ref.IsInput() {
			outer := l.spec
			l.spec = a.spec
			ref = l.add(graph.Identity, graph.Cost{Output: a.blockBytes(at)}, nil, d)
			l.spec = outer
		}
		l.b.Output(ref, a.blockKey(at))
	})
}

// blockKey returns the key of the block at the given place.
func (a *Array) blockKey(at []int) graph.Key { return a.key.With(place(at)) }

func (a *Array) blockBytes(at []int) int64 {
	return int64(product(a.Chunks().Block(at))) * int64(a.DType().Size())
}

// place shows a place in a grid as "(1,0,2)".
func place(at []int) string {
	return strings.ReplaceAll("("+strings.Trim(fmt.Sprint(at), "[]")+")", " ", ",")
}

// Graph lowers arrays to one graph, whose outputs are their blocks in order,
// before it is optimised. The caller releases the values of its inputs when it
// has been run.
func Graph(arrays ...*Array) (*graph.Graph, error) {
	if bad := firstErr(arrays...); bad != nil {
		return nil, bad.err
	}
	l := newLowering(arrays)
	for _, a := range arrays {
		l.output(a)
	}
	return l.b.Graph(), nil
}
