package client

import (
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// TestWhatWaitsIsJoined: submissions, and releases, share a message as long as
// that was not sent and nothing else was said, in the order in which they were.
func TestWhatWaitsIsJoined(t *testing.T) {
	c := &Client{out: newOutgoing()}
	g := &pb.Graph{}
	seqs := []uint64{c.saySubmit(g, 0), c.saySubmit(g, 0), c.saySubmit(g, 7)}
	c.sayRelease(graph.NewKey("a"))
	c.sayRelease(graph.NewKey("b"))
	seqs = append(seqs, c.saySubmit(g, 7))
	ms := c.out.take()
	seqs = append(seqs, c.saySubmit(g, 7)) // the last was sent
	want := []uint64{1, 1, 2, 4, 5}
	for i, s := range seqs {
		if s != want[i] {
			t.Fatalf("submissions are in messages %v, want %v", seqs, want)
		}
	}
	if len(ms) != 4 || len(ms[0].Submits) != 1 || ms[1].Parent != 7 || len(ms[2].Released.Hash) != 32 || ms[3].Submit == nil {
		t.Fatalf("said %v", ms)
	}
	for range joinMost + 1 {
		c.saySubmit(g, 7)
	}
	if ms := c.out.take(); len(ms) != 2 || len(ms[0].Submits) != joinMost {
		t.Fatalf("%d messages", len(ms))
	}
}
