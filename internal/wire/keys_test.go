package wire

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// TestKeySet: it is a map.
func TestKeySet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "room")
		s, naive := NewKeySet(n), map[[hashLen]byte]bool{}
		for range n {
			var h [hashLen]byte
			h[rapid.IntRange(0, hashLen-1).Draw(t, "place")] = rapid.Byte().Draw(t, "byte")
			if fresh := s.Add(h); fresh == naive[h] {
				t.Fatalf("%x is new %t, was there %t", h, fresh, naive[h])
			}
			naive[h] = true
		}
	})
}

// TestKeyColumns: what was written is read.
func TestKeyColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &pb.KeyColumns{}
		var want []graph.Key
		for range rapid.IntRange(0, 20).Draw(t, "keys") {
			k := graph.RandomKey(rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "name"))
			AppendKey(p, k)
			want = append(want, k)
		}
		if err := checkKeys(p, len(want)); err != nil {
			t.Fatal(err)
		}
		got, err := KeysFromColumns(p)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("wrote %v, read %v, %v", want, got, err)
		}
		if checkKeys(p, len(want)+1) == nil {
			t.Fatal("a key too few is taken")
		}
	})
}
