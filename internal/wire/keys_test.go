package wire

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
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
		var w keyWriter
		var want []graph.Key
		for range rapid.IntRange(0, 20).Draw(t, "keys") {
			k := graph.RandomKey(rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "name"))
			w.add(k)
			want = append(want, k)
		}
		if err := checkKeys(&w.p, len(want)); err != nil {
			t.Fatal(err)
		}
		for i, k := range keysOf(&w.p) {
			if k != want[i] {
				t.Fatalf("key %d: wrote %v, read %v", i, want[i], k)
			}
		}
		if checkKeys(&w.p, len(want)+1) == nil {
			t.Fatal("a key too few is taken")
		}
	})
}

func TestKeysOfHashes(t *testing.T) {
	a, b := graph.RandomKey("a"), graph.RandomKey("b")
	ks, err := KeysOfHashes(append(a.Hash[:], b.Hash[:]...))
	if err != nil || len(ks) != 2 || ks[0].Hash != a.Hash || ks[1].Hash != b.Hash {
		t.Errorf("%v, %v", ks, err)
	}
	if _, err := KeysOfHashes(a.Hash[:15]); err == nil {
		t.Error("15 bytes are taken")
	}
}
