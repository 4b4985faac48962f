package server

import (
	"slices"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// TestInlinedValuesGoOn: what comes with a report goes to the client, and to
// the workers that do not hold it.
func TestInlinedValuesGoOn(t *testing.T) {
	s := start(t, Options{})
	a, b := mustJoin(t, s, "a"), mustJoin(t, s, "b")
	c := mustConnect(t, s, 1)
	g := &graph.Builder{}
	on := func(w string) graph.Class {
		return graph.Class{Op: graph.Identity, Spec: graph.Spec{Workers: []string{w}}}
	}
	first := g.Add(on("a"), nil)
	g.Output(first, graph.NewKey("first"))
	g.Output(g.Add(on("a"), nil, first.Whole()), graph.NewKey("here"))
	g.Output(g.Add(on("b"), nil, first.Whole()), graph.NewKey("there"))
	c.say(&pb.FromClient{Submit: wire.GraphToPB(g.Graph())})
	m := a.hear().Assign
	value := wire.AppendInline(nil, graph.Raw("small"))
	a.say(&pb.FromWorker{
		DoneTask: m.Task, DoneAttempt: m.Attempt, DoneBytes: []int64{5}, DoneNanos: []int64{1},
		DoneInline: value, DoneInlineEnd: []uint32{uint32(len(value))},
	})
	if m := c.hear(); string(m.ReadyInline) != string(value) || !slices.Equal(m.ReadyInlineEnd, []uint32{uint32(len(value))}) {
		t.Errorf("the client hears %v", m)
	}
	for _, w := range []*scriptedWorker{a, b} {
		as, err := wire.AssignFromPB(w.hear().Assign)
		if err != nil || len(as) != 1 {
			t.Fatal(as, err)
		}
		want := ""
		if w == b {
			want = string(value)
		}
		if got := string(as[0].Deps[0].Inline); got != want {
			t.Errorf("worker %d is sent %q with its task, not %q", w.id, got, want)
		}
	}
}

// TestBadInlinedValues: a worker whose columns do not fit is turned away.
func TestBadInlinedValues(t *testing.T) {
	s := start(t, Options{})
	w := mustJoin(t, s, "a")
	w.say(&pb.FromWorker{
		DoneTask: []uint64{1}, DoneAttempt: []uint32{1}, DoneBytes: []int64{5}, DoneNanos: []int64{1},
		DoneInline: []byte("x"), DoneInlineEnd: []uint32{2},
	})
	for {
		if _, err := w.stream.Recv(); err != nil {
			if err = w.conn.Explain(err); !strings.Contains(err.Error(), "inlined value 0 is bytes 0 to 2 of 1") {
				t.Error(err)
			}
			return
		}
	}
}
