package array

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/cockroachdb/datadriven"
)

// lowerings are the arrays of testdata, by name.
func lowerings() map[string][]*Array {
	matrix := func(rows, cols, r, c int) *Array { return Random(1).Normal(0, 1, []int{rows, cols}, ChunkShape(r, c)) }
	a, b := matrix(4, 4, 2, 2), matrix(4, 4, 2, 2).Add(1)
	spd := MatMulT(matrix(6, 6, 2, 6), matrix(6, 6, 2, 6), false, true)
	tall := matrix(20, 2, 2, 2)
	q, r := tall.QR()
	_, s, _ := tall.SVD()
	return map[string][]*Array{
		"matmul":      {MatMul(a, b)},
		"cholesky":    {spd.Cholesky()},
		"qr":          {q, r},
		"r":           {r},
		"singular":    {s},
		"lstsq":       {Lstsq(tall, matrix(20, 1, 2, 1))},
		"elementwise": {a.Mul(2).Sin().Add(a.Sqrt())},
		"standard":    {a.Sub(a.Mean(0)).Div(a.Std(0))},
		"sum":         {matrix(8, 9, 2, 3).Sum()},
		"rechunk":     {a.RechunkTo(3, 4)},
		"slice":       {a.Slice(From(1), At(2))},
	}
}

// TestLowering shows the tasks of arrays, as they are lowered and after the
// graph's own optimisation. Run with -rewrite to accept what they are now.
func TestLowering(t *testing.T) {
	all := lowerings()
	datadriven.Walk(t, "testdata/lowering", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			as, ok := all[strings.TrimSpace(d.Input)]
			if !ok {
				d.Fatalf(t, "no array %q", d.Input)
			}
			g, err := Graph(as...)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			if d.Cmd == "optimised" {
				g = graph.Optimize(g)
			}
			return listing(g)
		})
	})
}

// listing shows a graph, a task a line: number, op, dependencies (3.1 is part 1
// of task 3), and the output that it is.
func listing(g *graph.Graph) string {
	outputs := map[uint32]string{}
	for _, o := range g.Outputs {
		outputs[o.Task] += " = " + o.Key.Name
	}
	var b strings.Builder
	for i, in := range g.Inputs {
		fmt.Fprintf(&b, "i%d %s\n", i, in.Key.Name)
	}
	for i := range g.Len() {
		fmt.Fprintf(&b, "%d %s", i, g.TaskClass(i).Name())
		for _, d := range g.TaskDeps(i) {
			name := fmt.Sprint(d.Ref.Index())
			if d.Ref.IsInput() {
				name = "i" + name
			}
			if d.Part >= 0 {
				name += fmt.Sprintf(".%d", d.Part)
			}
			b.WriteString(" " + name)
		}
		b.WriteString(outputs[uint32(i)] + "\n")
	}
	return b.String()
}
