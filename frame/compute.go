package frame

import (
	"context"
	"fmt"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// Compute runs what f is made of on r, and returns its rows as one table, the
// partitions one after the other. The caller releases the table.
func (f *Frame) Compute(ctx context.Context, r graph.Runner) (*kernels.Table, error) {
	parts, err := f.ComputeParts(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	defer func() {
		for _, t := range parts {
			t.Release()
		}
	}()
	return table.Concat(kernels.AllocatorFrom(ctx), parts...)
}

// ComputeParts is Compute with a table for each partition.
func (f *Frame) ComputeParts(ctx context.Context, r graph.Runner) ([]*kernels.Table, error) {
	g, err := f.Graph()
	if err != nil {
		return nil, err
	}
	defer releaseLiterals(g)
	values, err := r.Run(ctx, graph.Optimize(g))
	if err != nil {
		return nil, err
	}
	parts, err := asTables(values)
	if err != nil {
		graph.List(values).Release()
	}
	return parts, err
}

// Count computes the number of rows.
func (f *Frame) Count(ctx context.Context, r graph.Runner) (int64, error) {
	t, err := f.GroupBy().Agg(Rows()).Compute(ctx, r)
	if err != nil {
		return 0, err
	}
	defer t.Release()
	return int64s(t, "count")[0], nil
}

// heldNode is a frame whose partitions are on the cluster.
type heldNode struct {
	base
	bytes []int64 // of each partition; 0 is not known
	rows  int     // of all, at most; < 0 is not known
}

func (n *heldNode) lower(l *lowering, i int) graph.Dep {
	return l.b.Sized(partitionKey(n.key, i), n.bytes[i]).Whole()
}

func (n *heldNode) narrow(columns) node { return n }
func (n *heldNode) describe() string    { return "held on the cluster: " + n.key.String() }

// Persist starts computing f on r and returns at once. The returned frame
// stands for the partitions where they are computed; they stay there until
// release is called. It can be used with r only.
func (f *Frame) Persist(ctx context.Context, r graph.Runner) (onCluster *Frame, release func(), err error) {
	if f.err != nil {
		return nil, nil, f.err
	}
	whole := f.node.narrow(nil)
	g := f.lowered(whole)
	defer releaseLiterals(g)
	hs, err := r.Persist(ctx, graph.Optimize(g))
	if err != nil {
		return nil, nil, err
	}
	n := &heldNode{*whole.info(), make([]int64, len(g.Outputs)), -1}
	if rows, known := mostRows(whole); known {
		n.rows = rows
	}
	n.operands = nil
	n.key = f.outputKey(whole)
	for i, o := range g.Outputs {
		if c := g.TaskClass(int(o.Task)).Cost; c.Sure {
			n.bytes[i] = c.Output
		}
	}
	return f.derive(n), func() {
		for _, h := range hs {
			h.Release()
		}
	}, nil
}

// counted says how many things there are.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Explain shows how f will be computed: one line a step, what is read below
// what is made of it. Then it says what memory that takes, as far as it can be
// told before.
func (f *Frame) Explain() string {
	if f.err != nil {
		return f.err.Error()
	}
	var b strings.Builder
	seen := map[graph.Key]bool{}
	var show func(n node, depth int)
	show = func(n node, depth int) {
		again := ""
		if seen[n.info().key] && len(n.info().operands) > 0 {
			again = " (as above, computed once)"
		}
		fmt.Fprintf(&b, "%s%s [%s]%s\n", strings.Repeat("  ", depth), n.describe(), counted(n.info().partitions, "partition"), again)
		if again != "" {
			return
		}
		seen[n.info().key] = true
		for _, o := range n.info().operands {
			show(o, depth+1)
		}
	}
	plan := f.node.narrow(nil)
	show(plan, 0)
	g := f.lowered(plan)
	defer releaseLiterals(g)
	fmt.Fprint(&b, graph.Foresee(graph.Optimize(g)))
	return b.String()
}
