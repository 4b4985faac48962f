package client

import (
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
)

// The table is a map, also when many hashes begin alike.
func TestWantsAreAMap(t *testing.T) {
	hashes := rapid.Custom(func(t *rapid.T) (h [16]byte) {
		binary.LittleEndian.PutUint64(h[:], rapid.Uint64Range(0, 70).Draw(t, "tag")*rapid.SampledFrom([]uint64{1, 64, 1<<63 - 1}).Draw(t, "stride"))
		h[8] = rapid.ByteRange(0, 2).Draw(t, "rest")
		return h
	})
	rapid.Check(t, func(t *rapid.T) {
		var table wants
		model := map[[16]byte]*want{}
		for range rapid.IntRange(0, 300).Draw(t, "before") { // so that tables grow
			addWant(&table, model, hashes.Draw(t, "hash"))
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) { addWant(&table, model, hashes.Draw(t, "hash")) },
			"remove": func(t *rapid.T) {
				h := hashes.Draw(t, "hash")
				if w := model[h]; w != nil {
					table.remove(w)
					delete(model, h)
				}
			},
			"": func(t *rapid.T) {
				if table.n != len(model) || len(table.all()) != len(model) || 4*table.n > 3*len(table.slots) {
					t.Fatalf("%d wants, of which %d are found, in %d slots; want %d", table.n, len(table.all()), len(table.slots), len(model))
				}
				for h, w := range model {
					if table.get(h) != w {
						t.Fatalf("%x is not found", h)
					}
				}
				if h := hashes.Draw(t, "any"); table.get(h) != model[h] {
					t.Fatalf("%x is %v, want %v", h, table.get(h), model[h])
				}
			},
		})
	})
}

func addWant(t *wants, model map[[16]byte]*want, h [16]byte) {
	if model[h] == nil {
		model[h] = &want{key: graph.Key{Hash: h}}
		t.add(model[h])
	}
}

// What has been large and is small again gives its memory back.
func TestWantsShrink(t *testing.T) {
	var table wants
	for i := range uint64(10_000) {
		table.add(&want{key: graph.RandomKey("x")})
		if i%2 == 0 {
			table.add(&want{key: graph.RandomKey("y")})
		}
	}
	for _, w := range table.all() {
		table.remove(w)
	}
	if len(table.slots) > fewest || table.n != 0 {
		t.Fatalf("an empty table has %d slots and %d wants", len(table.slots), table.n)
	}
}
