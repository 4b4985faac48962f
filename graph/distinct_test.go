package graph

import (
	"fmt"
	"testing"
)

// Equal attributes have one number, whatever else there is.
func TestAttributesAreDistinct(t *testing.T) {
	b := &Builder{}
	const kinds = 3000
	for i := range 3 * kinds {
		b.Add(Class{Op: "distinct"}, fmt.Append(nil, "attribute ", i*7%kinds))
	}
	b.Add(Class{Op: "distinct"}, nil)
	g := b.Graph()
	for i := range 3 * kinds {
		if got, want := string(g.TaskAttr(i)), fmt.Sprint("attribute ", i*7%kinds); got != want {
			t.Fatalf("task %d has %q, want %q", i, got, want)
		}
	}
	if len(g.AttrEnd) != kinds+1 || len(g.TaskAttr(3*kinds)) > 0 {
		t.Fatalf("the graph has %d attributes, want %d; the last task has %q", len(g.AttrEnd), kinds+1, g.TaskAttr(3*kinds))
	}
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
}
