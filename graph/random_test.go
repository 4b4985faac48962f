package graph

import (
	"context"
	"testing"

	"pgregory.net/rapid"
)

var add = NewFunc("test.add", func(_ context.Context, xs []int) (int, error) {
	t := 1
	for i, x := range xs {
		t += (i + 1) * x % 1009
	}
	return t, nil
})

var halves = func() string {
	Register("test.halves", func(_ context.Context, c *Call) (Value, error) {
		var x int
		if err := Decode(c.In[0], &x); err != nil {
			return nil, err
		}
		lo, _ := Encode(x / 2)
		hi, _ := Encode(x - x/2)
		return List{lo, hi}, nil
	})
	return "test.halves"
}()

// randomGraph draws a DAG of additions, some of which split their result.
func randomGraph(t *rapid.T) *Graph {
	b := &Builder{}
	k := NewKey("in")
	v, _ := Encode(5)
	refs := []Dep{b.Literal(k, v).Whole()}
	n := rapid.IntRange(1, 40).Draw(t, "tasks")
	var tasks []Ref
	for range n {
		var deps []Dep
		for range rapid.IntRange(0, 3).Draw(t, "deps") {
			deps = append(deps, refs[rapid.IntRange(max(0, len(refs)-6), len(refs)-1).Draw(t, "dep")])
		}
		spec := Spec{}
		if rapid.IntRange(0, 9).Draw(t, "prio") == 0 {
			spec.Priority = 1
		}
		r := b.Add(Class{Op: add.Name(), Spec: spec, Cost: Cost{Flops: 1, Output: 8}}, ArgList(), deps...)
		if rapid.Bool().Draw(t, "split") {
			s := b.Add(Class{Op: halves, Spec: spec}, nil, r.Whole())
			refs = append(refs, s.Part(0), s.Part(1))
		} else {
			refs = append(refs, r.Whole())
		}
		tasks = append(tasks, r)
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "outputs") {
		b.Output(tasks[rapid.IntRange(0, len(tasks)-1).Draw(t, "output")], NewKey("out").With(string(rune('a'+i))))
	}
	return b.Graph()
}

func results(t *rapid.T, g *Graph) []int {
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	vs, err := (&Local{Threads: 2}).Run(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int, len(vs))
	for i, v := range vs {
		if err := Decode(v, &out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestPassesKeepAnswers: every pass leaves every output as it was.
func TestPassesKeepAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		want := results(t, g)
		passes := map[string]func(*Graph) *Graph{"cull": Cull, "fuse": Fuse, "order": Order, "optimize": Optimize}
		for name, pass := range passes {
			h := pass(g)
			if got := results(t, h); !equal(got, want) {
				t.Fatalf("%s: outputs %v, want %v", name, got, want)
			}
			for i, o := range h.Outputs {
				if o.Key != g.Outputs[i].Key {
					t.Fatalf("%s: output %d has key %v, want %v", name, i, o.Key, g.Outputs[i].Key)
				}
			}
		}
		if h := Optimize(g); h.Len() > g.Len() {
			t.Fatalf("optimising %d tasks gave %d", g.Len(), h.Len())
		}
	})
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestOrderReleasesEarly: on a binary tree of 2^n leaves, running in order
// keeps at most n+1 results at once.
func TestOrderReleasesEarly(t *testing.T) {
	b := &Builder{}
	var level []Ref
	for range 64 {
		level = append(level, b.Add(Class{Op: "leaf"}, nil))
	}
	for len(level) > 1 {
		var up []Ref
		for i := 0; i < len(level); i += 2 {
			up = append(up, b.Add(Class{Op: "node"}, nil, level[i].Whole(), level[i+1].Whole()))
		}
		level = up
	}
	b.Output(level[0], NewKey("root"))
	g := Order(b.Graph())
	users := make([]int, g.Len())
	for _, d := range g.Deps {
		users[d.Ref.Index()]++
	}
	held, peak := 0, 0
	for i := range g.Len() {
		held++
		peak = max(peak, held)
		for _, d := range g.TaskDeps(i) {
			if users[d.Ref.Index()]--; users[d.Ref.Index()] == 0 {
				held--
			}
		}
	}
	if peak > 8 {
		t.Fatalf("a tree of 64 leaves holds %d results at once; want at most 8", peak)
	}
}
