package wire

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// randomGraph draws a valid graph of several classes, with parts and inputs.
func randomGraph(t *rapid.T) *graph.Graph {
	b := &graph.Builder{}
	var refs []graph.Ref
	for i := range rapid.IntRange(0, 3).Draw(t, "inputs") {
		refs = append(refs, b.Input(graph.NewKey(fmt.Sprintf("in(%d)", i))))
	}
	for range rapid.IntRange(1, 20).Draw(t, "tasks") {
		c := graph.Class{Op: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "op")}
		if rapid.Bool().Draw(t, "spec") {
			c.Label = "label"
			c.Spec = graph.Spec{
				Resources: graph.Resources{{Name: "GPU", Milli: 1000}, {Name: "LICENCE", Milli: 2500}},
				Workers:   []string{"w"}, Hosts: []string{"h"}, Loose: true, Yields: true,
				Priority: int32(rapid.IntRange(-5, 5).Draw(t, "priority")), Retries: 2, Timeout: time.Second,
			}
			c.Cost = graph.Cost{Flops: 1, Bytes: 2, Output: 3, Scratch: 4}
		}
		var deps []graph.Dep
		for range rapid.IntRange(0, min(3, len(refs))).Draw(t, "deps") {
			r := rapid.SampledFrom(refs).Draw(t, "ref")
			if rapid.Bool().Draw(t, "part") {
				deps = append(deps, r.Part(rapid.IntRange(0, 7).Draw(t, "index")))
			} else {
				deps = append(deps, r.Whole())
			}
		}
		attr := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "attr")
		r := b.Add(c, attr, deps...)
		refs = append(refs, r)
		if rapid.Bool().Draw(t, "output") {
			b.Output(r, graph.NewKey(fmt.Sprintf("out(%d)", len(refs))))
		}
	}
	return b.Graph()
}

// same compares graphs row by row, since nil and empty columns are one.
func same(a, b *graph.Graph) bool {
	if a.Len() != b.Len() || !reflect.DeepEqual(append([]graph.Output{}, a.Outputs...), append([]graph.Output{}, b.Outputs...)) ||
		!reflect.DeepEqual(append([]graph.Input{}, a.Inputs...), append([]graph.Input{}, b.Inputs...)) {
		return false
	}
	for i := range a.Len() {
		x, y := a.TaskClass(i), b.TaskClass(i)
		if x.Op != y.Op || x.Label != y.Label || x.Cost != y.Cost || !x.Spec.Equal(y.Spec) ||
			!bytes.Equal(a.TaskAttr(i), b.TaskAttr(i)) || len(a.TaskDeps(i)) != len(b.TaskDeps(i)) {
			return false
		}
		for j, d := range a.TaskDeps(i) {
			if d != b.TaskDeps(i)[j] {
				return false
			}
		}
	}
	return true
}

func TestGraphRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		b, err := proto.Marshal(GraphToPB(g))
		if err != nil {
			t.Fatal(err)
		}
		var p pb.Graph
		if err := proto.Unmarshal(b, &p); err != nil {
			t.Fatal(err)
		}
		h, err := GraphFromPB(&p)
		if err != nil {
			t.Fatal(err)
		}
		if !same(g, h) {
			t.Fatalf("sent %+v, got %+v", g, h)
		}
	})
}

// TestAssignRoundTrip: a table holds what was written, task by task.
func TestAssignRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		var w AssignWriter
		var want []Assignment
		for i := range g.Len() {
			a := Assignment{
				Task: graph.NewTaskID(3, uint32(i)), Attempt: uint32(i % 4), Class: g.TaskClass(i), Attr: g.TaskAttr(i),
				Awaited: rapid.Bool().Draw(t, "awaited"),
			}
			w.Task(a.Task, a.Attempt, a.Class, a.Attr)
			if a.Awaited {
				w.Await()
			}
			for j, d := range g.TaskDeps(i) {
				ad := AssignedDep{Task: graph.NewTaskID(2, uint32(d.Ref.Index())), Part: d.Part, Bytes: int64(j)}
				w.Dep(ad.Task, ad.Part, ad.Bytes)
				for h := range rapid.Uint32Range(0, 3).Draw(t, "holders") {
					w.Holder(h)
					ad.Holders = append(ad.Holders, h)
				}
				if rapid.Bool().Draw(t, "inlined") {
					ad.Inline = AppendInline(nil, graph.Raw(rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "value")))
					w.Inline(string(ad.Inline))
				}
				if ad.First = rapid.Uint32Range(0, 2).Draw(t, "first"); ad.First > 0 {
					w.First(ad.First)
				}
				a.Deps = append(a.Deps, ad)
			}
			want = append(want, a)
		}
		if w.Tasks() != len(want) {
			t.Fatalf("%d tasks written, %d counted", len(want), w.Tasks())
		}
		got, err := AssignFromPB(w.Message())
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if !sameAssignment(want[i], got[i]) {
				t.Fatalf("task %d: wrote %+v, read %+v", i, want[i], got[i])
			}
		}
	})
}

func sameAssignment(a, b Assignment) bool {
	if a.Task != b.Task || a.Attempt != b.Attempt || a.Awaited != b.Awaited || a.Class.Op != b.Class.Op || !a.Class.Spec.Equal(b.Class.Spec) ||
		!bytes.Equal(a.Attr, b.Attr) || len(a.Deps) != len(b.Deps) {
		return false
	}
	for i := range a.Deps {
		x, y := a.Deps[i], b.Deps[i]
		if x.Task != y.Task || x.Part != y.Part || x.Bytes != y.Bytes || !slices.Equal(x.Holders, y.Holders) || !bytes.Equal(x.Inline, y.Inline) || x.First != y.First {
			return false
		}
	}
	return true
}

func TestTaskErrorRoundTrip(t *testing.T) {
	e := &graph.TaskError{Kind: graph.KindPanic, Op: "op", Task: "k", Worker: "w", Message: "bad \xff byte", Stack: "goroutine 1"}
	got := TaskErrorFromPB(TaskErrorToPB(e))
	if want := "bad \uFFFD byte"; got.Message != want || got.Kind != e.Kind || got.Stack != e.Stack || got.Worker != e.Worker {
		t.Errorf("got %+v, want message %q and the rest of %+v", got, want, e)
	}
	if got := TaskErrorFromPB(&pb.TaskError{Kind: 999}); got.Kind != graph.KindTask {
		t.Errorf("an unknown kind is read as %d, not as KindTask", got.Kind)
	}
}

// TestGraphFromPBRefuses: each way to break a graph is named.
func TestGraphFromPBRefuses(t *testing.T) {
	valid := func() *pb.Graph {
		b := &graph.Builder{}
		r := b.Add(graph.Class{Op: "a"}, nil, b.Input(graph.NewKey("in")).Part(1))
		b.Output(r, graph.NewKey("out"))
		return proto.CloneOf(GraphToPB(b.Graph()))
	}
	cases := []struct {
		want  string
		spoil func(*pb.Graph)
	}{
		{"hash of 3 bytes", func(p *pb.Graph) { p.Inputs[0].Hash = []byte("abc") }},
		{"named twice", func(p *pb.Graph) { p.Output.Hash = p.Inputs[0].Hash }},
		{"1 keys have 15 bytes of hashes", func(p *pb.Graph) { p.Output.Hash = p.Output.Hash[1:] }},
		{"0 of 1 keys have names", func(p *pb.Graph) { p.Output.Name, p.Output.NameEnd = nil, nil }},
		{"ends at 0, after 0", func(p *pb.Graph) { p.Output.NameEnd[0] = 0 }},
		{"2 of 1 keys have names", func(p *pb.Graph) { p.Output.NameEnd[0] = 2 }},
		{"names no op", func(p *pb.Graph) { p.Classes[0].Op = "" }},
		{"-1 retries", func(p *pb.Graph) { p.Classes[0].Retries = -1 }},
		{"negative cost", func(p *pb.Graph) { p.Classes[0].Output = -1 }},
		{"out of order or not positive", func(p *pb.Graph) { p.Classes[0].Resources = []*pb.Resource{{Name: "GPU"}} }},
		{"have 2 parts", func(p *pb.Graph) { p.DepPart = []int32{1, 2} }},
		{"1 keys have 0 bytes", func(p *pb.Graph) { p.Output = nil }},
		{"names task 7", func(p *pb.Graph) { p.OutputTask[0] = 7 }},
		{"depends on task 0, which is not before", func(p *pb.Graph) { p.DepRef[0] = 0 }},
		{"class 9 of 1", func(p *pb.Graph) { p.Class[0] = 9 }},
		{"do not make one table", func(p *pb.Graph) { p.AttrOf = nil }},
	}
	if _, err := GraphFromPB(valid()); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		p := valid()
		c.spoil(p)
		if _, err := GraphFromPB(p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one that says %q", err, c.want)
		}
	}
}

// FuzzGraphFromPB: no bytes make a graph that is invalid, or a panic.
func FuzzGraphFromPB(f *testing.F) {
	b := &graph.Builder{}
	r := b.Add(graph.Class{Op: "a"}, []byte("attr"), b.Input(graph.NewKey("in")).Part(1))
	b.Output(b.Add(graph.Class{Op: "b"}, nil, r.Whole()), graph.NewKey("out"))
	seed, err := proto.Marshal(GraphToPB(b.Graph()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p pb.Graph
		if proto.Unmarshal(data, &p) != nil {
			return
		}
		g, err := GraphFromPB(&p)
		if err != nil {
			return
		}
		if err := graph.Optimize(g).Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzAssignFromPB: no bytes make assignments that point outside their table.
func FuzzAssignFromPB(f *testing.F) {
	var w AssignWriter
	w.Task(1, 1, &graph.Class{Op: "a"}, []byte("attr"))
	w.Dep(7, 2, 100)
	w.Holder(3)
	seed, err := proto.Marshal(w.Message())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p pb.Assign
		if proto.Unmarshal(data, &p) != nil {
			return
		}
		as, err := AssignFromPB(&p)
		if err != nil {
			return
		}
		for _, a := range as {
			_ = append(append([]byte{}, a.Attr...), a.Class.Op...)
		}
	})
}
