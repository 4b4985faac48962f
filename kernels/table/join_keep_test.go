package table

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
)

// The rows of several left tables join as those of one, be keys of the right
// unique or not, found always, at times or never.
func TestJoinAll(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 4)
		s.rows = min(s.rows, 150)
		s.types[0] = rapid.SampledFrom([]arrow.DataType{columnTypes[3], columnTypes[11], columnTypes[15], columnTypes[10]}).Draw(rt, "key")
		right := s.table(t, mem)
		defer right.Release()
		keys := []string{"c0"}
		if rapid.Bool().Draw(rt, "unique") {
			one, err := Distinct(mem, right, keys...)
			if err != nil {
				rt.Fatal(err)
			}
			defer one.Release()
			right = one
		}
		var lefts []*kernels.Table
		var rows [][]cell
		for range rapid.IntRange(1, 4).Draw(rt, "tables") {
			if rapid.Bool().Draw(rt, "other rows") { // else those that the right was made of
				s.seed++
				s.rows = rapid.SampledFrom([]int{0, 1, 64, 65, 200}).Draw(rt, "left rows")
				s.nulls = rapid.SampledFrom([]int{0, 1, 10}).Draw(rt, "left nulls")
			}
			left := s.table(t, mem)
			defer left.Release()
			lefts, rows = append(lefts, left), append(rows, rowsOf(left)...)
		}
		kind := JoinKind(rapid.IntRange(int(Inner), int(Full)).Draw(rt, "kind"))
		got, err := JoinAll(mem, lefts, []*kernels.Table{right}, JoinSpec{Kind: kind, LeftKeys: keys, RightKeys: keys})
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		mustEqualRows(rt, kind.String()+" join", rowsOf(got), naiveJoin(rows, rowsOf(right), kind, 1, 4))
	})
}

// Rows of any type are kept across batches, words and tables, at any rate.
func TestKeeping(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawShape(rt, 3)
		var tables []*kernels.Table
		for range rapid.IntRange(1, 3).Draw(rt, "tables") {
			part := s.table(t, mem)
			defer part.Release()
			tables = append(tables, part)
			s.seed++
			s.rows = rapid.SampledFrom([]int{0, 63, 64, 129, 2000}).Draw(rt, "rows")
		}
		k := newKeeping(mem, tables)
		rate := rapid.SampledFrom([]uint64{0, 1, 8, 15, 16}).Draw(rt, "of 16")
		var want [][]cell
		noise := rapid.Uint64().Draw(rt, "noise")
		for i, part := range tables {
			for row, cells := range rowsOf(part) {
				noise = noise*6364136223846793005 + 1442695040888963407
				if noise>>60 < rate {
					k.words[i][row/64] |= 1 << (row % 64)
					k.count++
					want = append(want, cells)
				}
			}
		}
		cols, err := k.columns()
		if err != nil {
			rt.Fatal(err)
		}
		defer releaseAll(cols)
		got, err := kernels.NewTable(tables[0].Schema(), cols, k.count)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		mustEqualRows(rt, "keeping", rowsOf(got), want)
	})
}

func TestJoinAllRefusesTablesThatDiffer(t *testing.T) {
	mem := checked(t)
	s := shape{types: []arrow.DataType{columnTypes[4], columnTypes[3]}, rows: 3}
	a := s.table(t, mem)
	defer a.Release()
	s.types[1] = columnTypes[4]
	b := s.table(t, mem)
	defer b.Release()
	spec := JoinSpec{Kind: Inner, LeftKeys: []string{"c0"}, RightKeys: []string{"c0"}}
	for _, tables := range [][2][]*kernels.Table{{{a, b}, {a}}, {{a}, {a, b}}, {nil, {a}}, {{a}, nil}} {
		if got, err := JoinAll(mem, tables[0], tables[1], spec); err == nil {
			got.Release()
			t.Errorf("tables %v joined", tables)
		}
	}
}
