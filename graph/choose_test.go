package graph_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

func init() {
	k := func(context.Context, *graph.Call) (graph.Value, error) { return graph.Raw{}, nil }
	graph.Register("choosetest.cpu", k)
	graph.Register("choosetest.both", k)
	graph.RegisterGPU("choosetest.both", k, nil)
}

// machine has a device that is a hundred times a thread, behind a link of so many
// bytes a second.
func machine(link float64) graph.Processors {
	return graph.Processors{
		CPU: graph.Processor{Flops: 1e9, Bytes: 1e9}, GPU: graph.Processor{Flops: 1e11, Bytes: 1e11, Start: 10 * time.Microsecond},
		Threads: 4, In: link, Out: link, Memory: 1 << 30,
	}
}

// sketch is a graph of rows "op flops output dep…", where a dep is a row or "in"
// and "!" after the op makes it an output. No row is fused with another.
func sketch(t *testing.T, p *graph.Processors, rows ...string) *graph.Graph {
	t.Helper()
	b := &graph.Builder{}
	var refs []graph.Ref
	for i, row := range rows {
		f := strings.Fields(row)
		var flops, output float64
		if _, err := fmt.Sscan(f[1]+" "+f[2], &flops, &output); err != nil {
			t.Fatal(err)
		}
		var deps []graph.Dep
		for _, d := range f[3:] {
			if d == "in" {
				deps = append(deps, b.Sized(graph.NewKey("in", []byte("choosetest")), 1e6).Whole())
				continue
			}
			var k int
			if _, err := fmt.Sscan(d, &k); err != nil {
				t.Fatal(err)
			}
			deps = append(deps, refs[k].Whole())
		}
		op, isOut := strings.CutSuffix(f[0], "!")
		c := graph.Class{Op: "choosetest." + op, Cost: graph.Cost{Flops: int64(flops), Output: int64(output)}, Spec: graph.Spec{Auto: p}}
		r := b.Add(c, nil, deps...)
		if refs = append(refs, r); isOut {
			b.Output(r, graph.NewKey("out", []byte{byte(i)}))
		}
	}
	return b.Graph()
}

// sides shows choices: g for a device and c for CPU threads.
func sides(cs []graph.Choice) string {
	s := ""
	for _, c := range cs {
		if c.GPU {
			s += "g"
		} else {
			s += "c"
		}
	}
	return s
}

func TestChoose(t *testing.T) {
	fast, slow, small, none := machine(1e10), machine(1e7), machine(1e10), graph.Processors{}
	small.Memory = 1.5e6
	many := machine(1e10)
	many.Threads = 1000
	for _, c := range []struct {
		name string
		p    graph.Processors
		rows []string
		want string
	}{
		// A thread takes 1 s, a quarter of it counts; the device 10 ms, and the copies 0.2 ms or 0.2 s.
		{"much work, fast link", fast, []string{"both! 1e9 1e6 in"}, "g"},
		{"much work, slow link", slow, []string{"both! 1e9 1e6 in"}, "g"},
		{"less work, fast link", fast, []string{"both! 1e7 1e6 in"}, "g"},
		{"less work, slow link", slow, []string{"both! 1e7 1e6 in"}, "c"},
		{"hardly any work", fast, []string{"both! 1e3 8"}, "c"},
		{"enough threads for each device", many, []string{"both! 1e9 1e6 in"}, "c"},
		{"a device that is too small", small, []string{"both! 1e9 1e6 in"}, "c"},
		{"no device", none, []string{"both! 1e9 1e6 in"}, "c"},
		{"no kernel", fast, []string{"cpu! 1e9 1e6 in"}, "c"},
		// The second task is worth no copy, but it needs none.
		{"beside its input", slow, []string{"both 1e9 1e6 in", "both 1e6 1e6 0", "both! 1e9 8 1"}, "ggg"},
		// What the first makes is read three times where there is no kernel.
		{"read on CPUs", slow, []string{"both 2e9 1e6 in", "cpu! 1 8 0", "cpu! 1 8 0", "cpu! 1 8 0"}, "gccc"},
		{"read on CPUs, less work", slow, []string{"both 1e9 1e6 in", "cpu! 1 8 0", "cpu! 1 8 0", "cpu! 1 8 0"}, "cccc"},
		// The first alone is no work for the device; the second draws it there, as it makes more than it reads.
		{"drawn by its reader", slow, []string{"both 1e6 1e7", "both! 1e10 8 0"}, "gg"},
	} {
		g := sketch(t, &c.p, c.rows...)
		got := graph.Choose(g)
		if sides(got) != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, sides(got), c.want, graph.ExplainChoices(g, got))
		}
		if again := graph.Choose(g); !reflect.DeepEqual(got, again) {
			t.Errorf("%s: once %v, then %v", c.name, got, again)
		}
	}
}

// TestOptimizeDecides sets the resources of what goes to a device, and of nothing
// else.
func TestOptimizeDecides(t *testing.T) {
	p := machine(1e10)
	b := &graph.Builder{}
	spec := graph.Spec{Auto: &p, Resources: graph.Resources{{Name: "LICENCE", Milli: 500}}}
	large := b.Add(graph.Class{Op: "choosetest.both", Spec: spec, Cost: graph.Cost{Flops: 1e9, Output: 8}}, []byte("1"))
	small := b.Add(graph.Class{Op: "choosetest.both", Spec: spec, Cost: graph.Cost{Flops: 1, Output: 8}}, []byte("2"))
	other := b.Add(graph.Class{Op: "choosetest.both", Cost: graph.Cost{Flops: 1e9, Output: 8}}, []byte("3"))
	for i, r := range []graph.Ref{large, small, other} {
		b.Output(r, graph.NewKey("out", []byte{byte(i)}))
	}
	g := graph.Optimize(b.Graph())
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i := range g.Len() {
		s := g.TaskClass(i).Spec
		got[string(g.TaskAttr(i))] = fmt.Sprintf("%v %t", s.Resources, s.Yields)
	}
	want := map[string]string{"1": "GPU=1,LICENCE=0.5 true", "2": "LICENCE=0.5 false", "3": " false"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if again := graph.Choose(g); sides(again) != sides(graph.Choose(b.Graph())) {
		t.Errorf("of the decided graph the choices are %s", sides(again))
	}
}

// TestChoiceKeepsChainsApart fuses what can run on a device, and not what cannot
// with it.
func TestChoiceKeepsChainsApart(t *testing.T) {
	p := machine(1e10)
	g := graph.Optimize(sketch(t, &p, "both 1e9 8", "both 1e9 8 0", "cpu 1e9 8 1", "both! 1e9 8 2"))
	var got []string
	for i := range g.Len() {
		got = append(got, fmt.Sprintf("%s %v", g.TaskClass(i).Op, g.TaskClass(i).Spec.Resources))
	}
	if want := []string{"graph.fused GPU=1", "choosetest.cpu ", "choosetest.both GPU=1"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExplainChoices(t *testing.T) {
	p := machine(1e10)
	p.Device = "a card, products by cuBLAS"
	g := sketch(t, &p, "both 1e9 1e6 in", "both 1e9 1e6 in", "cpu 1e6 8 0", "both! 1 8 2")
	got := graph.ExplainChoices(g, graph.Choose(g))
	const want = `chosen by cost: 2 tasks on GPUs, 2 on CPU threads
  a GPU is a card, products by cuBLAS
  choosetest.both, 2 on GPUs: 20ms and 300µs of copies on a GPU, 500ms and 0s of copies on CPU threads
  choosetest.cpu, 1 on CPU threads: choosetest.cpu has no GPU kernel
  choosetest.both, 1 on CPU threads: 10µs and 1ns of copies on a GPU, 4ns and 0s of copies on CPU threads
`
	if got != want {
		t.Errorf("it says\n%swant\n%s", got, want)
	}
	for why, q := range map[string]graph.Processors{"there is no device": {}, "not all rates": {Memory: 1}} {
		if got := graph.ExplainChoices(g, graph.Choose(sketch(t, &q, "both! 1e9 1e6"))); !strings.Contains(got, why) {
			t.Errorf("it does not say %q:\n%s", why, got)
		}
	}
}
