package sched

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/ashlar-go/ashlar/graph"
	"pgregory.net/rapid"
)

// TestNamesLikeMap runs the table of names beside a map. Keys of one hash have
// one mark, so that places are contended, far from home and across the end.
func TestNamesLikeMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hashes := rapid.SliceOfN(rapid.Uint32(), 1, 20).Draw(t, "hashes")
		keys := make([]graph.Key, 0, 4*len(hashes))
		for k, h := range hashes {
			for c := range 4 {
				key := graph.Key{Name: fmt.Sprint(k, c)}
				key.Hash[0], key.Hash[9] = byte(h), byte(h>>8) // now and then zero
				keys = append(keys, key)
			}
		}
		var ns names
		want := map[graph.Key]*name{}
		for step := range rapid.IntRange(1, 300).Draw(t, "steps") {
			k := rapid.SampledFrom(keys).Draw(t, "key")
			switch n := want[k]; {
			case n != nil:
				ns.remove(n)
				delete(want, k)
			case step%7 == 0:
				ns.reserve(step)
				fallthrough
			default:
				want[k] = ns.add(k, uint32(step))
			}
			for _, k := range keys {
				if got := ns.find(k); got != want[k] {
					t.Fatalf("step %d: %v is %v, not %v", step, k, got, want[k])
				}
			}
			if ns.live != len(want) {
				t.Fatalf("step %d: %d names, counted %d", step, len(want), ns.live)
			}
		}
	})
}

// TestPagesFillTheirs: the heap gives a page, of tasks or names, what it asks
// for; one word more, and it would get 8 KiB more.
func TestPagesFillTheirs(t *testing.T) {
	if tasks, names := unsafe.Sizeof(page{}), unsafe.Sizeof([namePage]name{}); tasks%8192 != 0 || names%8192 != 0 {
		t.Fatalf("a page of tasks has %d bytes, one of names %d", tasks, names)
	}
}
