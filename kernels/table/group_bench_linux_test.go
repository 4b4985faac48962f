package table

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// questionTable has the columns of a partition of the group-by suite's table: keys
// of 100 and of so many values, as dictionaries and as integers, and three values.
func questionTable(b *testing.B, many int32) *kernels.Table {
	b.Helper()
	const rows = 1 << 19
	r, mem := rand.New(rand.NewPCG(1, 2)), memory.DefaultAllocator
	ints := func(n int32) arrow.Array {
		s := array.NewInt32Builder(mem)
		defer s.Release()
		for range rows {
			s.Append(1 + r.Int32N(n))
		}
		return s.NewArray()
	}
	text := func(n int32) arrow.Array {
		words, codes := array.NewStringBuilder(mem), array.NewInt32Builder(mem)
		defer words.Release()
		defer codes.Release()
		for i := range n {
			words.Append(fmt.Sprintf("id%010d", i))
		}
		for range rows {
			codes.Append(r.Int32N(n))
		}
		return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
			codes.NewArray(), words.NewArray())
	}
	floats := array.NewFloat64Builder(mem)
	defer floats.Release()
	for range rows {
		floats.Append(float64(r.IntN(100_000_000)) / 1e6)
	}
	cols := []arrow.Array{text(100), text(100), text(many), ints(100), ints(100), ints(many), ints(5), ints(15), floats.NewArray()}
	defer releaseAll(cols)
	var fields []arrow.Field
	for i, name := range []string{"id1", "id2", "id3", "id4", "id5", "id6", "v1", "v2", "v3"} {
		fields = append(fields, arrow.Field{Name: name, Type: cols[i].DataType()})
	}
	t, err := kernels.NewTable(arrow.NewSchema(fields, nil), cols, rows)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

// questionSpecs are the questions of the group-by suite.
func questionSpecs() map[string]AggSpec {
	agg := func(kind AggKind, col string) Agg { return Agg{Kind: kind, Column: col} }
	return map[string]AggSpec{
		"q1":  {Keys: []string{"id1"}, Aggs: []Agg{agg(Sum, "v1")}},
		"q2":  {Keys: []string{"id1", "id2"}, Aggs: []Agg{agg(Sum, "v1")}},
		"q3":  {Keys: []string{"id3"}, Aggs: []Agg{agg(Sum, "v1"), agg(Mean, "v3")}},
		"q4":  {Keys: []string{"id4"}, Aggs: []Agg{agg(Mean, "v1"), agg(Mean, "v2"), agg(Mean, "v3")}},
		"q5":  {Keys: []string{"id6"}, Aggs: []Agg{agg(Sum, "v1"), agg(Sum, "v2"), agg(Sum, "v3")}},
		"q6":  {Keys: []string{"id4", "id5"}, Aggs: []Agg{agg(Median, "v3"), agg(Std, "v3")}},
		"q7":  {Keys: []string{"id3"}, Aggs: []Agg{agg(Max, "v1"), agg(Min, "v2")}},
		"q8":  {Keys: []string{"id6"}, Aggs: []Agg{{Kind: NLargest, Column: "v3", N: 2}}},
		"q9":  {Keys: []string{"id2", "id4"}, Aggs: []Agg{{Kind: Corr, Column: "v1", Other: "v2"}}},
		"q10": {Keys: []string{"id1", "id2", "id3", "id4", "id5", "id6"}, Aggs: []Agg{agg(Sum, "v3"), {Kind: CountStar}}},
	}
}

// BenchmarkQuestions is what tasks of the group-by suite's questions do, of 10⁶ and
// of 10⁷ rows: partial aggregation of a partition, the split of a partition's rows
// and of its states, and what is done with what comes to one part, all of it for
// a row of a partition.
func BenchmarkQuestions(b *testing.B) {
	for _, of := range []struct {
		rows  string
		many  int32
		parts int
	}{{"1e6", 10_000, 2}, {"1e7", 100_000, 20}} {
		t := questionTable(b, of.many)
		for i := range 10 {
			q := fmt.Sprintf("q%d", i+1)
			benchQuestion(b, of.rows+"/"+q, t, questionSpecs()[q], of.parts)
		}
		t.Release()
	}
}

func benchQuestion(b *testing.B, name string, t *kernels.Table, spec AggSpec, parts int) {
	mem := kernels.DefaultAllocator()
	once := func(made *kernels.Table, err error) error {
		if err == nil {
			made.Release()
		}
		return err
	}
	benchThread(b, name+"/partial", t.NumRows(), func() error { return once(Partial(mem, t, spec)) })
	rows, err := t.Project(spec.Columns()...)
	if err != nil {
		b.Fatal(err)
	}
	states, err := Partial(mem, t, spec)
	if err != nil {
		b.Fatal(err)
	}
	for _, from := range []struct {
		what string
		t    *kernels.Table
		part func(in ...*kernels.Table) error
	}{
		{"rows", rows, func(in ...*kernels.Table) error { return once(GroupTables(mem, spec, in...)) }},
		{"states", states, func(in ...*kernels.Table) error {
			merged, err := Merge(mem, spec, in...)
			if err != nil {
				return err
			}
			defer merged.Release()
			return once(Finish(mem, merged, spec))
		}},
	} {
		benchThread(b, name+"/split-"+from.what, t.NumRows(), func() error {
			made, err := Partition(mem, from.t, spec.Keys, parts)
			for _, p := range made {
				p.Release()
			}
			return err
		})
		made, err := Partition(mem, from.t, spec.Keys, parts)
		if err != nil {
			b.Fatal(err)
		}
		in := make([]*kernels.Table, parts) // as if every partition gave the same
		for i := range in {
			in[i] = made[0]
		}
		benchThread(b, name+"/part-"+from.what, t.NumRows(), func() error { return from.part(in...) })
	}
}
