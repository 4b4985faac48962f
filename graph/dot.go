package graph

import (
	"bufio"
	"fmt"
	"io"
)

// WriteDOT writes g in the DOT language of Graphviz: tasks are boxes with
// their op, inputs are ellipses, outputs are drawn bold with their key.
func (g *Graph) WriteDOT(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "digraph ashlar {\n\trankdir=BT")
	for i, in := range g.Inputs {
		fmt.Fprintf(b, "\ti%d [shape=ellipse label=%q]\n", i, in.Key.String())
	}
	names := map[uint32]string{}
	for _, o := range g.Outputs {
		names[o.Task] = o.Key.String()
	}
	for i := range g.Len() {
		label, style := fmt.Sprintf("%s\n#%d", g.TaskClass(i).Name(), i), ""
		if n, ok := names[uint32(i)]; ok {
			label, style = label+"\n"+n, " style=bold"
		}
		fmt.Fprintf(b, "\tt%d [shape=box label=%q%s]\n", i, label, style)
		for _, d := range g.TaskDeps(i) {
			from := "t"
			if d.Ref.IsInput() {
				from = "i"
			}
			fmt.Fprintf(b, "\t%s%d -> t%d", from, d.Ref.Index(), i)
			if d.Part >= 0 {
				fmt.Fprintf(b, " [label=%d]", d.Part)
			}
			fmt.Fprintln(b)
		}
	}
	fmt.Fprintln(b, "}")
	return b.Flush()
}
