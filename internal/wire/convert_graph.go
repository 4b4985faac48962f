package wire

import (
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// GraphToPB returns g as a message that shares its columns. Values of inputs do
// not travel: whoever holds one brings it to the cluster first.
func GraphToPB(g *graph.Graph) *pb.Graph {
	p := &pb.Graph{
		Class: g.Class, Attr: g.Attr, AttrEnd: g.AttrEnd, AttrOf: g.AttrOf, DepEnd: g.DepEnd,
		Classes: make([]*pb.Class, len(g.Classes)),
		DepRef:  make([]uint32, len(g.Deps)),
		Inputs:  make([]*pb.Key, len(g.Inputs)),
	}
	for i := range g.Classes {
		p.Classes[i] = ClassToPB(&g.Classes[i])
	}
	parts := false
	for i, d := range g.Deps {
		p.DepRef[i] = uint32(d.Ref)
		parts = parts || d.Part >= 0
	}
	if parts {
		p.DepPart = make([]int32, len(g.Deps))
		for i, d := range g.Deps {
			p.DepPart[i] = max(d.Part, -1)
		}
	}
	for i, in := range g.Inputs {
		p.Inputs[i] = KeyToPB(in.Key)
	}
	p.Output = &pb.KeyColumns{Hash: make([]byte, 0, hashLen*len(g.Outputs))}
	for _, o := range g.Outputs {
		p.OutputTask = append(p.OutputTask, o.Task)
		AppendKey(p.Output, o.Key)
	}
	return p
}

// GraphFromPB returns the graph that p holds. Its columns are p's. The graph is
// valid, and no key is named twice among its inputs and outputs.
func GraphFromPB(p *pb.Graph) (*graph.Graph, error) {
	g := &graph.Graph{
		Class: p.GetClass(), Attr: p.GetAttr(), AttrEnd: p.GetAttrEnd(), AttrOf: p.GetAttrOf(), DepEnd: p.GetDepEnd(),
		Classes: make([]graph.Class, len(p.GetClasses())),
	}
	for i, c := range p.GetClasses() {
		var err error
		if g.Classes[i], err = ClassFromPB(c); err != nil {
			return nil, err
		}
	}
	var err error
	if g.Deps, err = depsFromPB(p.GetDepRef(), p.GetDepPart()); err != nil {
		return nil, err
	}
	if err := keysFromPB(g, p); err != nil {
		return nil, err
	}
	if err := g.Validate(); err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	return g, nil
}

func depsFromPB(refs []uint32, parts []int32) ([]graph.Dep, error) {
	if len(parts) != 0 && len(parts) != len(refs) {
		return nil, fmt.Errorf("wire: %d dependencies have %d parts", len(refs), len(parts))
	}
	deps := make([]graph.Dep, len(refs))
	for i, r := range refs {
		deps[i] = graph.Dep{Ref: graph.Ref(r), Part: -1}
		if len(parts) != 0 {
			deps[i].Part = max(parts[i], -1)
		}
	}
	return deps, nil
}

func keysFromPB(g *graph.Graph, p *pb.Graph) error {
	n := len(p.GetOutputTask())
	if err := checkKeys(p.GetOutput(), n); err != nil {
		return err
	}
	seen := NewKeySet(len(p.GetInputs()) + n)
	fresh := func(k *graph.Key) bool { return seen.Add(k.Hash) && !k.IsZero() }
	for _, pk := range p.GetInputs() {
		k, err := KeyFromPB(pk)
		if err != nil {
			return err
		}
		if !fresh(&k) {
			return fmt.Errorf("wire: key %v of a graph is named twice or is zero", k)
		}
		g.Inputs = append(g.Inputs, graph.Input{Key: k})
	}
	if n == 0 {
		return nil
	}
	g.Outputs = make([]graph.Output, n)
	for i, k := range keysOf(p.GetOutput()) {
		if !fresh(&k) {
			return fmt.Errorf("wire: key %v of a graph is named twice or is zero", k)
		}
		g.Outputs[i] = graph.Output{Task: p.OutputTask[i], Key: k}
	}
	return nil
}
