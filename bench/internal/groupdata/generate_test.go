package groupdata

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels"
)

func generate(t *testing.T, s Spec) []*kernels.Table {
	t.Helper()
	parts, err := Generate(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, p := range parts {
			p.Release()
		}
	})
	return parts
}

func TestColumnsHaveTheirRanges(t *testing.T) {
	s := Spec{Rows: PartitionRows + 5000, K: 100, Seed: 7}
	parts := generate(t, s)
	rows := 0
	for _, p := range parts {
		rows += p.NumRows()
	}
	if len(parts) != 2 || rows != s.Rows {
		t.Fatalf("%d partitions with %d rows, want 2 with %d", len(parts), rows, s.Rows)
	}
	p := parts[0]
	for name, top := range map[string]int32{"id4": 100, "id5": 100, "id6": int32(s.Rows / 100), "v1": 5, "v2": 15} {
		checkUniform(t, name, column(t, p, name).(*array.Int32).Int32Values(), top)
	}
	sum := 0.0
	for i, v := range column(t, p, "v3").(*array.Float64).Float64Values() {
		if v < 0 || v >= 100 || math.Abs(v*1e6-math.Round(v*1e6)) > 1e-4 {
			t.Fatalf("v3[%d] = %v", i, v)
		}
		sum += v
	}
	if mean := sum / PartitionRows; math.Abs(mean-50) > 0.2 {
		t.Errorf("mean of v3 is %v", mean)
	}
}

// checkUniform looks at the bounds and at the mean, whose error is at most six
// standard deviations.
func checkUniform(t *testing.T, name string, v []int32, top int32) {
	t.Helper()
	sum := 0.0
	for i, x := range v {
		if x < 1 || x > top {
			t.Fatalf("%s[%d] = %d, want 1…%d", name, i, x, top)
		}
		sum += float64(x)
	}
	n, k := float64(len(v)), float64(top)
	if mean := sum / n; math.Abs(mean-(k+1)/2) > 6*math.Sqrt((k*k-1)/12/n) {
		t.Errorf("mean of %s is %v, want about %v", name, mean, (k+1)/2)
	}
}

func column(t *testing.T, p *kernels.Table, name string) any {
	t.Helper()
	i, err := p.ColumnIndex(name)
	if err != nil {
		t.Fatal(err)
	}
	return p.Column(i)
}

func TestTexts(t *testing.T) {
	p := generate(t, Spec{Rows: 10_000, K: 10, Seed: 1})[0]
	for name, want := range map[string]string{"id1": "id001 id010", "id3": "id0000000001 id0000001000"} {
		words := column(t, p, name).(*array.Dictionary).Dictionary().(*array.String)
		if got := words.Value(0) + " " + words.Value(words.Len()-1); got != want {
			t.Errorf("%s goes from %s, want %s", name, got, want)
		}
	}
}

func TestSeedDecides(t *testing.T) {
	s := Spec{Rows: 1000, K: 10, Seed: 1}
	a, b := generate(t, s)[0], generate(t, s)[0]
	if diff := a.Diff(b); diff != "" {
		t.Errorf("the same seed gave other rows: %s", diff)
	}
	s.Seed = 2
	if a.Equal(generate(t, s)[0]) {
		t.Error("another seed gave the same rows")
	}
}

func TestImpossible(t *testing.T) {
	for _, s := range []Spec{{Rows: 10, K: 0}, {Rows: 10, K: 11}, {}} {
		if _, err := Generate(s); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("K = %d", s.K)) {
			t.Errorf("%+v: got error %v", s, err)
		}
	}
}
