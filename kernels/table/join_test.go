package table

import (
	"slices"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

// naiveJoin compares every row with every row. Both sides have width columns,
// their keys first, and the right side's other columns follow the left's.
func naiveJoin(left, right [][]cell, kind JoinKind, keys, width int) [][]cell {
	var out [][]cell
	matched := make([]bool, len(right))
	for _, l := range left {
		found := false
		for i, r := range right {
			if slices.Contains(l[:keys], nil) || keyText(l[:keys]) != keyText(r[:keys]) {
				continue
			}
			found, matched[i] = true, true
			if kind != Semi && kind != Anti {
				out = append(out, slices.Concat(l, r[keys:]))
			}
		}
		switch {
		case kind == Semi && found, kind == Anti && !found:
			out = append(out, l)
		case !found && (kind == Left || kind == Full):
			out = append(out, slices.Concat(l, make([]cell, width-keys)))
		}
	}
	for i, r := range right {
		if !matched[i] && (kind == Right || kind == Full) {
			out = append(out, slices.Concat(r[:keys], make([]cell, width-keys), r[keys:]))
		}
	}
	return out
}

// otherForm returns types that join with t.
func otherForm(t *rapid.T, dt arrow.DataType) arrow.DataType {
	a, _ := keyClass(dt)
	var forms []arrow.DataType
	for _, o := range columnTypes {
		if b, _ := keyClass(o); a == b {
			forms = append(forms, o)
		}
	}
	return rapid.SampledFrom(forms).Draw(t, "other form")
}

func TestJoin(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.IntRange(1, 3).Draw(rt, "keys")
		kind := JoinKind(rapid.IntRange(int(Inner), int(Full)).Draw(rt, "kind"))
		s := drawShape(rt, keys+2)
		s.rows = min(s.rows, 100)
		left := s.table(t, mem)
		defer left.Release()
		if kind != Right && kind != Full {
			for k := range keys {
				s.types[k] = otherForm(rt, s.types[k])
			}
		}
		s.seed, s.rows = s.seed+1, rapid.SampledFrom([]int{0, 1, 5, 60}).Draw(rt, "right rows")
		right := s.table(t, mem)
		defer right.Release()
		spec := JoinSpec{Kind: kind, LeftKeys: []string{"c0", "c1", "c2"}[:keys], RightKeys: []string{"c0", "c1", "c2"}[:keys]}
		got, err := Join(mem, left, right, spec)
		if err != nil {
			rt.Fatal(err)
		}
		defer got.Release()
		want := naiveJoin(rowsOf(left), rowsOf(right), kind, keys, keys+2)
		mustEqualRows(rt, kind.String()+" join", rowsOf(got), want)
		schema, err := spec.Schema(left.Schema(), right.Schema())
		if err != nil {
			rt.Fatal(err)
		}
		if err := sameColumns(schema, got.Schema()); err != nil {
			rt.Fatalf("the spec's schema is not the result's: %v", err)
		}
	})
}

// One built side serves many probes at once.
func TestProbesShareABuiltSide(t *testing.T) {
	mem := checked(t)
	s := shape{types: []arrow.DataType{columnTypes[11], columnTypes[4], columnTypes[10]}, rows: 500, nulls: 1, seed: 5}
	right := s.table(t, mem)
	b, err := Build(mem, right, []string{"c0", "c1"})
	right.Release()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	spec := JoinSpec{Kind: Inner, LeftKeys: []string{"c0", "c1"}, RightKeys: []string{"c0", "c1"}}
	s.types = []arrow.DataType{columnTypes[15], columnTypes[3]}
	var wg sync.WaitGroup
	for seed := range uint64(4) {
		s := s
		s.seed = seed
		wg.Go(func() {
			left := s.table(t, mem)
			defer left.Release()
			got, err := b.Probe(mem, left, spec)
			if err != nil {
				t.Error(err)
				return
			}
			defer got.Release()
			want := naiveJoin(rowsOf(left), rowsOf(b.Table()), Inner, 2, 3)
			if len(want) == 0 || got.NumRows() != len(want) {
				t.Errorf("%d pairs, want %d", got.NumRows(), len(want))
			}
		})
	}
	wg.Wait()
}

func TestJoinNamesClashes(t *testing.T) {
	mem := checked(t)
	s := shape{types: []arrow.DataType{columnTypes[4], columnTypes[4]}, rows: 3}
	a := s.table(t, mem)
	defer a.Release()
	spec := JoinSpec{Kind: Inner, LeftKeys: []string{"c0"}, RightKeys: []string{"c1"}, Suffix: ".r"}
	got, err := spec.Schema(a.Schema(), a.Schema())
	if err != nil {
		t.Fatal(err)
	}
	if names := columnNames(got); !slices.Equal(names, []string{"c0", "c1", "c0.r"}) {
		t.Errorf("columns are %q", names)
	}
}

func columnNames(s *arrow.Schema) []string {
	names := []string{}
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// A join that keeps every left row once keeps the left columns' memory.
func TestLookupJoinSharesTheLeft(t *testing.T) {
	mem := checked(t)
	s := shape{types: []arrow.DataType{columnTypes[4], columnTypes[11]}, rows: 2000, nulls: 1, wide: true}
	left := s.table(t, mem)
	defer left.Release()
	right, err := Distinct(mem, left, "c0")
	if err != nil {
		t.Fatal(err)
	}
	defer right.Release()
	got, err := Join(mem, left, right, JoinSpec{Kind: Left, LeftKeys: []string{"c0"}, RightKeys: []string{"c0"}})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Release()
	for i := range left.NumColumns() {
		if !sameMemory(left.Column(i), got.Column(i)) {
			t.Errorf("column %d was copied", i)
		}
	}
}
