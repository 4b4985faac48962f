package frame

import (
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/graph"
)

// A lowering turns frames into tasks. A partition is lowered once, however
// many use it, since it is remembered under the content key of its node.
type lowering struct {
	b       *graph.Builder
	memo    map[graph.Key][]place
	spec    graph.Spec        // of all tasks
	uses    map[graph.Key]int // by how many nodes a node is used
	tops    map[graph.Key]graph.Dep
	grouped map[graph.Key]groupExchange
	moved   map[graph.Key]exchange // what sorts and joins exchange, by node and purpose

	literals map[graph.Key]bool        // the inputs that the graph has a reference to
	arrays   map[graph.Key][]graph.Ref // the blocks of the arrays that a node is made of
}

type place struct {
	dep  graph.Dep
	made bool
}

func newLowering(spec graph.Spec, roots ...node) *lowering {
	l := &lowering{
		spec: spec,
		b:    &graph.Builder{}, memo: map[graph.Key][]place{},
		uses: map[graph.Key]int{}, tops: map[graph.Key]graph.Dep{}, grouped: map[graph.Key]groupExchange{},
		moved:    map[graph.Key]exchange{},
		literals: map[graph.Key]bool{}, arrays: map[graph.Key][]graph.Ref{},
	}
	for _, n := range roots {
		l.count(n)
		l.uses[n.info().key]++ // an output is never inlined
	}
	return l
}

func (l *lowering) count(n node) {
	k := n.info().key
	if l.uses[k]++; l.uses[k] > 1 {
		return
	}
	for _, o := range n.info().operands {
		l.count(o)
	}
}

// literal returns what to depend on to have a value that is not on the cluster.
// The graph takes over the reference to v.
func (l *lowering) literal(k graph.Key, v graph.Value) graph.Ref {
	if l.literals[k] {
		v.Release()
	}
	l.literals[k] = true
	return l.b.Literal(k, v)
}

// include adds the tasks of g, with its references to literals, and returns
// its outputs.
func (l *lowering) include(g *graph.Graph) []graph.Ref {
	inputs := make([]graph.Ref, len(g.Inputs))
	for i, in := range g.Inputs {
		if in.Value == nil {
			inputs[i] = l.b.Input(in.Key)
		} else {
			inputs[i] = l.literal(in.Key, in.Value)
		}
	}
	tasks := make([]graph.Ref, g.Len())
	for i := range tasks {
		deps := slices.Clone(g.TaskDeps(i))
		for k, d := range deps {
			from := tasks
			if d.Ref.IsInput() {
				from = inputs
			}
			deps[k].Ref = from[d.Ref.Index()]
		}
		tasks[i] = l.b.Add(*g.TaskClass(i), g.TaskAttr(i), deps...)
	}
	outputs := make([]graph.Ref, len(g.Outputs))
	for i, o := range g.Outputs {
		outputs[i] = tasks[o.Task]
	}
	return outputs
}

// partition returns what to depend on for partition i of n.
func (l *lowering) partition(n node, i int) graph.Dep {
	b := n.info()
	m := l.memo[b.key]
	if m == nil {
		m = make([]place, b.partitions)
		l.memo[b.key] = m
	}
	if !m[i].made {
		m[i] = place{n.lower(l, i), true}
	}
	return m[i].dep
}

// whole returns what to depend on for all partitions of n as one table.
func (l *lowering) whole(n node) graph.Dep {
	k := n.info().key.With("/whole")
	if d, ok := l.tops[k]; ok {
		return d
	}
	d := l.tree(n.info().partitions, opConcat, nil, func(i int) graph.Dep { return l.partition(n, i) })
	l.tops[k] = d
	return d
}

// fanIn is how many tables one task of a tree brings together.
const fanIn = 8

// tree brings n tables together with an op of several tables, fanIn at a time,
// in order. One table alone is passed on as it is.
func (l *lowering) tree(n int, op string, attr []byte, leaf func(int) graph.Dep) graph.Dep {
	level := make([]graph.Dep, n)
	for i := range level {
		level[i] = leaf(i)
	}
	for len(level) > 1 {
		var up []graph.Dep
		for lo := 0; lo < len(level); lo += fanIn {
			group := level[lo:min(lo+fanIn, len(level))]
			if len(group) == 1 {
				up = append(up, group[0])
				continue
			}
			up = append(up, l.b.Add(graph.Class{Op: op, Spec: l.spec}, attr, group...).Whole())
		}
		level = up
	}
	return level[0]
}

// pipeline lowers a run of row-wise steps that ends with n, for partition i,
// with what is below it.
func (l *lowering) pipeline(n node, i int) graph.Dep {
	return l.pipelineWith(n, i, nil)
}

// pipelineWith is pipeline with one more step on top, such as a partial
// aggregation; nil is none. A row-wise node that others use too is not pulled
// in: its partition is a task of its own.
// beside is what the top step takes as its sides.
func (l *lowering) pipelineWith(n node, i int, top step, beside ...graph.Dep) graph.Dep {
	var steps []step
	if top != nil {
		steps = append(steps, top)
	}
	var sides []graph.Dep
	at := n
	for {
		r, ok := at.(*rowwise)
		if !ok || at != n && l.uses[r.key] > 1 {
			break
		}
		if top != nil && at == n && l.uses[r.key] > 1 {
			break
		}
		steps = append([]step{r.step}, steps...)
		for _, side := range r.operands[1:] {
			sides = append([]graph.Dep{l.whole(side)}, sides...)
		}
		at = r.operands[0]
	}
	attr, cost, deps := l.source(at, i)
	attr = appendSteps(attr, steps)
	label := "frame.pipeline"
	if len(steps) > 0 {
		label = fmt.Sprintf("frame.%s", steps[len(steps)-1].name())
	}
	if _, splits := top.(splitting); splits {
		cost = splitCost(n)
	}
	class := graph.Class{Op: opPipeline, Label: label, Spec: l.spec, Cost: cost}
	return l.b.Add(class, attr, slices.Concat(deps, sides, beside)...).Whole()
}

// source starts a pipeline: with a scan of its own if n is one that nobody else
// uses, else with the table of partition i.
func (l *lowering) source(n node, i int) (attr []byte, cost graph.Cost, deps []graph.Dep) {
	if s, ok := n.(scanner); ok && l.uses[n.info().key] == 1 {
		attr, cost = s.scan(i)
		return attr, cost, nil
	}
	return tableOrigin{}.append(nil), graph.Cost{}, []graph.Dep{l.partition(n, i)}
}

// A scanner is a node whose partitions are read from a file.
type scanner interface {
	node
	// scan returns the encoded source of partition i.
	scan(i int) ([]byte, graph.Cost)
}

// Graph lowers a frame to a graph whose outputs are its partitions in order,
// before it is optimised by package graph; the frame's own optimisation has
// been done. The caller releases the values of its inputs when it has been run.
func (f *Frame) Graph() (*graph.Graph, error) {
	if f.err != nil {
		return nil, f.err
	}
	return f.lowered(f.node.narrow(nil)), nil
}

// lowered lowers n, which is what f computes, to a graph whose outputs are its partitions.
func (f *Frame) lowered(n node) *graph.Graph {
	l := newLowering(f.spec, n)
	key := f.outputKey(n)
	for i := range n.info().partitions {
		d := l.partition(n, i)
		ref := d.Ref
		if d.Part >= 0 || ref.IsInput() {
			ref = l.b.Add(graph.Class{Op: graph.Identity, Spec: l.spec}, nil, d)
		}
		l.b.Output(ref, partitionKey(key, i))
	}
	return l.b.Graph()
}

// releaseLiterals gives up what the lowering holds of tables and blocks of the
// caller's.
func releaseLiterals(g *graph.Graph) {
	for _, in := range g.Inputs {
		if in.Value != nil {
			in.Value.Release()
		}
	}
}

func partitionKey(whole graph.Key, i int) graph.Key { return whole.With(fmt.Sprintf("(%d)", i)) }
