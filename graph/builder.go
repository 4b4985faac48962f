package graph

import (
	"fmt"
	"slices"
)

// A Builder makes a Graph, row by row. The zero Builder is ready to use.
type Builder struct {
	g       Graph
	classes map[string]uint32
	attrs   distinct
	inputs  map[Key]Ref

	lastClass Class // of the last Add, to skip the lookup in a run of equals
	lastIndex uint32
}

// Grow makes room for so many more tasks, each with an output: it only saves
// time.
func (b *Builder) Grow(tasks int) {
	b.g.Class = slices.Grow(b.g.Class, tasks)
	b.g.AttrOf = slices.Grow(b.g.AttrOf, tasks)
	b.g.DepEnd = slices.Grow(b.g.DepEnd, tasks)
	b.g.Outputs = slices.Grow(b.g.Outputs, tasks)
}

// Add appends a task and returns the reference to it. A dependency that is not
// yet there is a mistake of the caller and panics.
func (b *Builder) Add(c Class, attr []byte, deps ...Dep) Ref {
	n := len(b.g.Class)
	if n >= MaxTasks {
		panic("graph: more than 2^31-1 tasks in one graph")
	}
	for _, d := range deps {
		if d.Ref.IsInput() && d.Ref.Index() >= len(b.g.Inputs) || !d.Ref.IsInput() && d.Ref.Index() >= n {
			panic(fmt.Sprintf("graph: Add(%s): dependency %v is not in the graph yet", c.Op, d))
		}
	}
	b.g.Class = append(b.g.Class, b.class(c))
	b.g.AttrOf = append(b.g.AttrOf, b.attr(attr))
	b.g.Deps = append(b.g.Deps, deps...)
	b.g.DepEnd = append(b.g.DepEnd, uint32(len(b.g.Deps)))
	return TaskRef(n)
}

// Input returns the reference to the value that the cluster has under k.
func (b *Builder) Input(k Key) Ref {
	if r, ok := b.inputs[k]; ok {
		return r
	}
	return b.input(Input{Key: k})
}

// Sized is Input for a value that is known to have so many bytes.
func (b *Builder) Sized(k Key, bytes int64) Ref {
	r := b.Input(k)
	b.g.Inputs[r.Index()].Bytes = bytes
	return r
}

// Literal returns the reference to a value that the caller holds; its key says
// when two literals are the same. The graph borrows the reference: the caller
// keeps v alive until Run or Persist has returned, and a runner that needs it
// for longer retains it.
func (b *Builder) Literal(k Key, v Value) Ref {
	if r, ok := b.inputs[k]; ok {
		return r
	}
	return b.input(Input{Key: k, Value: v})
}

func (b *Builder) input(in Input) Ref {
	if b.inputs == nil {
		b.inputs = map[Key]Ref{}
	}
	r := InputRef(len(b.g.Inputs))
	b.g.Inputs = append(b.g.Inputs, in)
	b.inputs[in.Key] = r
	return r
}

// Output makes the value of r nameable by k. An input is passed on through a
// task of the op [Identity].
func (b *Builder) Output(r Ref, k Key) {
	if r.IsInput() {
		r = b.Add(Class{Op: Identity}, nil, r.Whole())
	}
	b.g.Outputs = append(b.g.Outputs, Output{uint32(r), k})
}

// Graph returns the graph built so far. The Builder must not be used again.
func (b *Builder) Graph() *Graph {
	if len(b.g.AttrEnd) == 0 {
		b.g.AttrEnd = []uint32{0}
	}
	return &b.g
}

func (b *Builder) class(c Class) uint32 {
	if len(b.g.Classes) > 0 && c.Op == b.lastClass.Op && c.Cost == b.lastClass.Cost && c.Label == b.lastClass.Label && c.Spec.Equal(b.lastClass.Spec) {
		return b.lastIndex
	}
	id := fmt.Sprintf("%q %q %v %s", c.Op, c.Label, c.Cost, c.Spec.Fingerprint())
	i, ok := b.classes[id]
	if !ok {
		if b.classes == nil {
			b.classes = map[string]uint32{}
		}
		i = uint32(len(b.g.Classes))
		b.g.Classes = append(b.g.Classes, c)
		b.classes[id] = i
	}
	b.lastClass, b.lastIndex = c, i
	return i
}

func (b *Builder) attr(a []byte) uint32 {
	if len(b.g.AttrEnd) == 0 {
		b.g.AttrEnd = append(b.g.AttrEnd, 0)
	}
	if len(a) == 0 {
		return 0
	}
	next := uint32(len(b.g.AttrEnd))
	i := b.attrs.find(&b.g, a, next)
	if i == next {
		b.g.Attr = append(b.g.Attr, a...)
		b.g.AttrEnd = append(b.g.AttrEnd, uint32(len(b.g.Attr)))
	}
	return i
}
