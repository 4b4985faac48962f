package table

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

func TestTake(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 4)
		in := s.table(t, mem)
		defer in.Release()
		r := rand.New(rand.NewPCG(s.seed, 1))
		var rows []uint32
		var want [][]cell
		for range rapid.SampledFrom([]int{0, 1, 50, 1500}).Draw(rt, "taken") {
			if s.rows > 0 {
				rows = append(rows, uint32(r.IntN(s.rows)))
				want = append(want, rowsOf(in)[rows[len(rows)-1]])
				if len(rows) > 60 && s.rows > 100 {
					break // rowsOf a row at a time is slow
				}
			}
		}
		out, err := Take(mem, in, rows)
		if err != nil {
			rt.Fatal(err)
		}
		defer out.Release()
		mustEqualRows(rt, "take", rowsOf(out), want)
	})
}

func TestFilter(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 3)
		in := s.table(t, mem)
		defer in.Release()
		s.types = columnTypes[:1]
		s.seed++
		mask := s.table(t, mem)
		defer mask.Release()
		out, err := Filter(mem, in, mask.Column(0).(*array.Boolean))
		if err != nil {
			rt.Fatal(err)
		}
		defer out.Release()
		var want [][]cell
		truth := rowsOf(mask)
		for i, row := range rowsOf(in) {
			if truth[i][0] == true {
				want = append(want, row)
			}
		}
		mustEqualRows(rt, "filter", rowsOf(out), want)
	})
}

func TestConcat(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 4)
		var parts []*kernels.Table
		var want [][]cell
		for range rapid.IntRange(1, 4).Draw(rt, "parts") {
			part := s.table(t, mem)
			defer part.Release()
			parts, want = append(parts, part), append(want, rowsOf(part)...)
			s.seed++
			s.rows, s.nulls = rapid.SampledFrom([]int{0, 1, 9, 70}).Draw(rt, "rows"), rapid.IntRange(0, 10).Draw(rt, "nulls")
		}
		out, err := Concat(mem, parts...)
		if err != nil {
			rt.Fatal(err)
		}
		defer out.Release()
		mustEqualRows(rt, "concat", rowsOf(out), want)
	})
}

func TestConcatKeepsASharedDictionary(t *testing.T) {
	mem := checked(t)
	s := shape{types: columnTypes[15:16], rows: 40, seed: 3}
	in := s.table(t, mem)
	defer in.Release()
	a, b := in.Slice(0, 10), in.Slice(30, 40)
	defer a.Release()
	defer b.Release()
	out, err := Concat(mem, a, b)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Release()
	got, was := out.Column(0).(*array.Dictionary).Dictionary(), in.Column(0).(*array.Dictionary).Dictionary()
	if !sameMemory(got, was) {
		t.Error("slices of one column do not keep its dictionary when joined again")
	}
}

func TestDistinct(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, rapid.IntRange(1, 3).Draw(rt, "columns"))
		in := s.table(t, mem)
		defer in.Release()
		out, err := Distinct(mem, in)
		if err != nil {
			rt.Fatal(err)
		}
		defer out.Release()
		seen := map[string]bool{}
		var want [][]cell
		for _, row := range rowsOf(in) {
			if k := keyText(row); !seen[k] {
				seen[k] = true
				want = append(want, row)
			}
		}
		mustEqualRows(rt, "distinct", rowsOf(out), want)
	})
}

func TestPartition(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 3)
		in := s.table(t, mem)
		defer in.Release()
		parts := rapid.IntRange(1, 9).Draw(rt, "parts")
		out, err := Partition(mem, in, []string{"c2", "c0"}, parts)
		if err != nil {
			rt.Fatal(err)
		}
		home := map[string]int{}
		got := make([][][]cell, parts)
		for p, part := range out {
			defer part.Release()
			got[p] = rowsOf(part)
			for _, row := range got[p] {
				k := keyText([]cell{row[0], row[2]})
				if was, known := home[k]; known && was != p {
					rt.Fatalf("key %s is in parts %d and %d", k, was, p)
				}
				home[k] = p
			}
		}
		want := make([][][]cell, parts)
		for _, row := range rowsOf(in) {
			p, known := home[keyText([]cell{row[0], row[2]})]
			if !known {
				rt.Fatalf("row %v is in no part", row)
			}
			want[p] = append(want[p], row)
		}
		for p := range want {
			mustEqualRows(rt, "partition", got[p], want[p])
		}
	})
}

// Partitions of one side must meet those of another made elsewhere, so the
// hashes are part of the contract between processes: these never change.
func TestHashIsPinned(t *testing.T) {
	for text, want := range map[string]uint64{"": 0x1db1c23b72bb0f17, "a": 0xb534beea3b55cd37,
		"eight888": 0xb71b9f28275cf03f, "longer than a word": 0x7f8c09f8bc00d54e} {
		if got := hashBytes([]byte(text)); got != want {
			t.Errorf("hash of %q is %#x, want %#x", text, got, want)
		}
	}
	for word, want := range map[uint64]uint64{0: 0x8dd9092e2a448508, 1: 0x4a8ebbf1c271b25f, ^uint64(0): 0xde1d5a84a3255ec} {
		if got := hashWord(word); got != want {
			t.Errorf("hash of word %d is %#x, want %#x", word, got, want)
		}
	}
	if got, want := mixHash(mixHash(0, 1), nullHash), uint64(0x146b4d7cc91356); got != want {
		t.Errorf("hash of a key of two is %#x, want %#x", got, want)
	}
}

// Equal values hash alike in all types that may be joined with one another.
func TestHashIgnoresRepresentation(t *testing.T) {
	mem := checked(t)
	same := func(cells []cell, types ...arrow.DataType) {
		var first []uint32
		for _, dt := range types {
			col := makeColumn(mem, dt, cells)
			parts := partOf([]arrow.Array{col}, col.Len(), 1<<16)
			col.Release()
			if first == nil {
				first = parts
			}
			if !slices.Equal(parts, first) {
				t.Errorf("%v hash as %v to other parts than as %v", cells, dt, types[0])
			}
		}
	}
	p := arrow.PrimitiveTypes
	same([]cell{"", "x", nil, "eight888", "a string of some length"}, append(slices.Clone(columnTypes[15:]), columnTypes[11:13]...)...)
	same([]cell{int64(3), nil, int64(100)}, p.Int8, p.Int16, p.Int32, p.Int64, p.Uint8, p.Uint16, p.Uint32, p.Uint64)
	same([]cell{1.5, nil, math.NaN(), math.Copysign(0, -1), 0.0}, p.Float32, p.Float64)
	zeros := makeColumn(mem, p.Float64, []cell{0.0, math.Copysign(0, -1)})
	defer zeros.Release()
	if parts := partOf([]arrow.Array{zeros}, 2, 1<<16); parts[0] != parts[1] {
		t.Error("the two zeros hash to different parts")
	}
}
