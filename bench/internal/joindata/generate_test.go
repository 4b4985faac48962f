package joindata

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels"
)

func generate(t *testing.T, s Spec) *Tables {
	t.Helper()
	tables, err := Generate(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tables.Release)
	return tables
}

// ids counts the values of an integer column, and checks that the text beside
// it, three columns on in x, says the same.
func ids(t *testing.T, parts []*kernels.Table, name, texts string) map[int32]int {
	t.Helper()
	seen := map[int32]int{}
	for _, p := range parts {
		at, err := p.ColumnIndex(name)
		if err != nil {
			t.Fatal(err)
		}
		word, err := p.ColumnIndex(texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range p.Column(at).(*array.Int32).Int32Values() {
			seen[id]++
			if got, want := p.Column(word).ValueStr(i), "id"+p.Column(at).ValueStr(i); got != want {
				t.Fatalf("row %d has %s beside %s", i, got, want)
			}
		}
	}
	return seen
}

func TestNineTenthsOfTheKeysMeet(t *testing.T) {
	s := Spec{Rows: PartitionRows + 5000, Seed: 7}
	tables := generate(t, s)
	if len(tables.X) != 2 || len(tables.Big) != 2 {
		t.Fatalf("%d and %d partitions, want 2 and 2", len(tables.X), len(tables.Big))
	}
	for i, right := range [][]*kernels.Table{tables.Small, tables.Medium, tables.Big} {
		rows := s.sizes()[i]
		name, texts := []string{"id1", "id2", "id3"}[i], []string{"id4", "id5", "id6"}[i]
		x, y := ids(t, tables.X, name, texts), ids(t, right, name, texts)
		common := 0
		for id := range x {
			common += min(y[id], 1)
		}
		if len(x) != rows || len(y) != rows || common != rows-rows/10 {
			t.Errorf("%s: %d keys left, %d right, %d common, of %d", name, len(x), len(y), common, rows)
		}
		for id, n := range y {
			if n != 1 || id < 1 || int(id) > rows+rows/10 {
				t.Fatalf("%s: key %d is there %d times", name, id, n)
			}
		}
	}
}

func TestSeedDecides(t *testing.T) {
	s := Spec{Rows: 1000, Seed: 1}
	a, b := generate(t, s), generate(t, s)
	if diff := a.Big[0].Diff(b.Big[0]); diff != "" {
		t.Errorf("the same seed gave other rows: %s", diff)
	}
	s.Seed = 2
	if a.X[0].Equal(generate(t, s).X[0]) {
		t.Error("another seed gave the same rows")
	}
}

func TestImpossible(t *testing.T) {
	for _, s := range []Spec{{Rows: 9}, {Rows: 1 << 31}, {}} {
		if _, err := Generate(s); err == nil || !strings.Contains(err.Error(), "rows: there are at least") {
			t.Errorf("%+v: got error %v", s, err)
		}
	}
}
