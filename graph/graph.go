package graph

import "fmt"

// A Ref names what a dependency points at: a task of the same graph, or one of
// the graph's inputs.
type Ref uint32

const inputBit Ref = 1 << 31

// MaxTasks is the most tasks that one graph can hold.
const MaxTasks = 1<<31 - 1

// TaskRef returns the reference to task i.
func TaskRef(i int) Ref { return Ref(i) }

// InputRef returns the reference to input i.
func InputRef(i int) Ref { return Ref(i) | inputBit }

// IsInput reports whether r names an input rather than a task.
func (r Ref) IsInput() bool { return r&inputBit != 0 }

// Index is the number of the task or of the input.
func (r Ref) Index() int { return int(r &^ inputBit) }

// Whole depends on the whole value of r.
func (r Ref) Whole() Dep { return Dep{r, -1} }

// Part depends on part i of the value of r, which must be [Parts].
func (r Ref) Part(i int) Dep { return Dep{r, int32(i)} }

// A Dep is one dependency: a value, or one part of it (Part < 0 is the whole).
type Dep struct {
	Ref  Ref
	Part int32
}

// An Input is a value from outside the graph: one that the cluster has under
// Key, or, where Value is not nil, one that the caller holds and the runner
// brings to the workers.
type Input struct {
	Key   Key
	Value Value
	Bytes int64 // how large a value of the cluster is; 0 is not known
}

// An Output is a task whose value can be named outside, by its key.
type Output struct {
	Task uint32
	Key  Key
}

// Graph is a columnar task graph; see the package comment for its invariants.
// The columns are exported for those who carry or scan graphs; build one with
// a [Builder], and [Graph.Validate] one that came from elsewhere.
type Graph struct {
	Classes []Class
	Class   []uint32 // of each task, into Classes

	Attr    []byte   // the distinct attributes, end to end
	AttrEnd []uint32 // end of each distinct attribute in Attr; the first is empty
	AttrOf  []uint32 // of each task, into AttrEnd

	DepEnd []uint32 // end of each task's dependencies in Deps
	Deps   []Dep

	Inputs  []Input
	Outputs []Output
}

// Len returns the number of tasks.
func (g *Graph) Len() int { return len(g.Class) }

// TaskDeps returns the dependencies of task i. The caller must not change them.
func (g *Graph) TaskDeps(i int) []Dep {
	lo := uint32(0)
	if i > 0 {
		lo = g.DepEnd[i-1]
	}
	return g.Deps[lo:g.DepEnd[i]:g.DepEnd[i]]
}

// TaskAttr returns the encoded attributes of task i. The caller must not
// change them.
func (g *Graph) TaskAttr(i int) []byte { return g.attr(g.AttrOf[i]) }

func (g *Graph) attr(a uint32) []byte {
	lo := uint32(0)
	if a > 0 {
		lo = g.AttrEnd[a-1]
	}
	return g.Attr[lo:g.AttrEnd[a]:g.AttrEnd[a]]
}

// TaskClass returns the class of task i.
func (g *Graph) TaskClass(i int) *Class { return &g.Classes[g.Class[i]] }

// Validate checks every invariant that the package comment lists, and every
// index. Graphs from a Builder are valid; those off a wire are to be checked.
func (g *Graph) Validate() error {
	n := len(g.Class)
	if n > MaxTasks || len(g.AttrOf) != n || len(g.DepEnd) != n {
		return fmt.Errorf("graph: columns of %d classes, %d attributes and %d dependency ends do not make one table",
			n, len(g.AttrOf), len(g.DepEnd))
	}
	if err := g.validateAttr(); err != nil {
		return err
	}
	if err := g.validateDeps(); err != nil {
		return err
	}
	for _, o := range g.Outputs {
		if int(o.Task) >= n {
			return fmt.Errorf("graph: output %v names task %d of %d", o.Key, o.Task, n)
		}
	}
	return nil
}

func (g *Graph) validateAttr() error {
	last := uint32(0)
	for i, e := range g.AttrEnd {
		if e < last || int(e) > len(g.Attr) {
			return fmt.Errorf("graph: attribute %d ends at %d, after %d and within %d", i, e, last, len(g.Attr))
		}
		last = e
	}
	for i := range g.Class {
		if int(g.Class[i]) >= len(g.Classes) {
			return fmt.Errorf("graph: task %d has class %d of %d", i, g.Class[i], len(g.Classes))
		}
		if int(g.AttrOf[i]) >= len(g.AttrEnd) {
			return fmt.Errorf("graph: task %d has attribute %d of %d", i, g.AttrOf[i], len(g.AttrEnd))
		}
	}
	return nil
}

func (g *Graph) validateDeps() error {
	last := uint32(0)
	for i, e := range g.DepEnd {
		if e < last || int(e) > len(g.Deps) {
			return fmt.Errorf("graph: task %d: dependencies end at %d, after %d and within %d", i, e, last, len(g.Deps))
		}
		for _, d := range g.Deps[last:e] {
			if d.Ref.IsInput() && d.Ref.Index() >= len(g.Inputs) {
				return fmt.Errorf("graph: task %d depends on input %d of %d", i, d.Ref.Index(), len(g.Inputs))
			}
			if !d.Ref.IsInput() && d.Ref.Index() >= i {
				return fmt.Errorf("graph: task %d depends on task %d, which is not before it", i, d.Ref.Index())
			}
		}
		last = e
	}
	if int(last) != len(g.Deps) {
		return fmt.Errorf("graph: %d dependencies belong to no task", len(g.Deps)-int(last))
	}
	return nil
}
