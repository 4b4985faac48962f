package array

import (
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

func TestExplain(t *testing.T) {
	x := Random(1).Normal(0, 1, []int{400, 400}, ChunkShape(100, 100))
	x = x.Abs()
	plan := MatMul(x, x).Sum(0).Explain()
	for _, part := range []string{
		"sum", "\n  matmul", "\n      normal", "(as above, computed once)", " tasks\n",
		"memory: a task needs", "results alive at once", "a worker of one thread takes",
	} {
		if !strings.Contains(plan, part) {
			t.Errorf("it does not say %q:\n%s", part, plan)
		}
	}
	if bad := x.Slice(At(500)).Explain(); !strings.Contains(bad, "500") {
		t.Errorf("a mistake is explained as %q", bad)
	}
}

// TestManySmallPieces: rows become columns in two steps, and stay what they are.
func TestManySmallPieces(t *testing.T) {
	n := 64
	x := Arange(0, float64(n*n), 1, ChunkShape(n)).Reshape(n, n)
	rows, columns := x.RechunkTo(1, n), x.RechunkTo(1, n).RechunkTo(n, 1)
	if via := through(rows.Chunks(), columns.Chunks(), 8); via == nil || via.Blocks() != 64 {
		t.Fatalf("from %v to %v it is cut as %v", rows.Chunks(), columns.Chunks(), via)
	}
	if via := through(rows.Chunks(), columns.Chunks(), 1<<20); via != nil {
		t.Errorf("large pieces go through %v", via)
	}
	data, err := columns.Float64s(t.Context(), &graph.Local{})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range data {
		if v != float64(i) {
			t.Fatalf("element %d is %v", i, v)
		}
	}
	g, err := Graph(columns)
	if err != nil {
		t.Fatal(err)
	}
	if g.Len() > n*n/2 {
		t.Errorf("%d tasks cut %d rows into columns", g.Len(), n)
	}
}
