package table

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels"
)

func TestErrorsNameColumnsAndTypes(t *testing.T) {
	mem := checked(t)
	types := []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String, arrow.PrimitiveTypes.Uint64,
		arrow.BinaryTypes.Binary, arrow.FixedWidthTypes.Boolean, arrow.BinaryTypes.StringView}
	var cols []arrow.Array
	var fields []arrow.Field
	for i, dt := range types {
		b := array.NewBuilder(mem, dt)
		b.AppendNulls(2)
		cols = append(cols, b.NewArray())
		b.Release()
		fields = append(fields, arrow.Field{Name: []string{"n", "s", "u", "bin", "b", "view"}[i], Type: dt, Nullable: true})
	}
	in, err := kernels.NewTable(arrow.NewSchema(fields, nil), cols, 2)
	releaseAll(cols)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	short := in.Slice(0, 1)
	defer short.Release()
	one, err := in.Project("n")
	if err != nil {
		t.Fatal(err)
	}
	defer one.Release()
	group := func(spec AggSpec) error { _, err := GroupBy(mem, in, spec); return err }
	join := func(s JoinSpec) error { _, err := Join(mem, in, in, s); return err }
	for _, c := range []struct {
		err      error
		is       error
		mentions string
	}{
		{group(AggSpec{Keys: []string{"nn"}}), kernels.ErrColumn, `group: kernels: no such column: "nn", did you mean "n"?`},
		{group(AggSpec{Keys: []string{"bin"}}), ErrType, `column "bin": not defined on binary`},
		{group(AggSpec{Aggs: []Agg{{Kind: Sum, Column: "s"}}}), ErrType, `sum of column "s": not defined on utf8`},
		{group(AggSpec{Aggs: []Agg{{Kind: Median, Column: "b"}}}), ErrType, `median of column "b": not defined on bool`},
		{group(AggSpec{Aggs: []Agg{{Kind: First, Column: "bin"}}}), ErrType, `first of column "bin": not defined on binary`},
		{group(AggSpec{Aggs: []Agg{{Kind: Quantile, Column: "n", Q: 1.5}}}), ErrSpec, `quantile 1.5 of column "n"`},
		{group(AggSpec{Aggs: []Agg{{Kind: 99, Column: "n"}}}), ErrSpec, "AggKind(99)"},
		{group(AggSpec{Keys: []string{"n"}, Aggs: []Agg{{Kind: Sum, Column: "n", As: "n"}}}), ErrSpec, `table: group makes two columns named "n": name one with As`},
		{join(JoinSpec{Kind: Inner, LeftKeys: []string{"n"}, RightKeys: []string{"s"}}), ErrType,
			`left key "n" is int64, right key "s" is utf8`},
		{join(JoinSpec{Kind: Inner, LeftKeys: []string{"n"}, RightKeys: []string{"u"}}), ErrType, `right key "u" is uint64`},
		{join(JoinSpec{Kind: Inner, LeftKeys: []string{"n"}}), ErrSpec, "1 left keys and 0 right keys"},
		{join(JoinSpec{Kind: Inner}), ErrSpec, "table: inner join without keys: give at least one pair"},
		{join(JoinSpec{Kind: 77}), ErrSpec, "JoinKind(77)"},
		{join(JoinSpec{Kind: Semi, LeftKeys: []string{"x"}, RightKeys: []string{"n"}}), kernels.ErrColumn, "semi join, left side"},
		{second(Sort(mem, in, SortSpec{})), ErrSpec, "table: sort without keys: give at least one column"},
		{second(Sort(mem, in, SortSpec{[]SortKey{{Column: "bin"}}})), ErrType, `"bin"`},
		{second(TopK(mem, in, SortSpec{[]SortKey{{Column: "n"}}}, -1)), ErrSpec, "table: top -1 rows: want 0 or more"},
		{second(Take(mem, in, []uint32{0, 2})), ErrRow, "number 1 asks for row 2 of 2"},
		{second(Take(mem, in, []uint32{0})), ErrType, `string_view (column "view")`},
		{second(Concat(mem, in, in)), ErrType, `string_view (concat of column "view")`},
		{second(Filter(mem, in, short.Column(4).(*array.Boolean))), ErrSchema, "mask of 1 rows for a table of 2"},
		{second(Concat(mem)), ErrSchema, "no tables"},
		{second(Concat(mem, in, one)), ErrSchema, `6 columns and 1: column "s" is in one alone (tables 0 and 1`},
		{second(Partition(mem, in, []string{"n"}, 0)), ErrSpec, "0 parts"},
		{second(Build(mem, in, nil)), ErrSpec, "join without keys"},
		{second(Finish(mem, in, AggSpec{Keys: []string{"n"}})), ErrSchema, "6 columns of states, the spec has 1"},
		{second(Merge(mem, AggSpec{Keys: []string{"m"}}, one)), ErrSchema, `"n", the spec wants "m"`},
	} {
		if !errors.Is(c.err, c.is) {
			t.Errorf("error %v, want one that is %v", c.err, c.is)
		} else if !strings.Contains(c.err.Error(), c.mentions) || strings.Contains(c.err.Error(), "malformed") {
			t.Errorf("error %q does not mention %q in plain words", c.err, c.mentions)
		}
	}
}

// TestNamesOfAggregates: without As, a name is a word that needs no quotes, and
// quantiles of one column have names of their own.
func TestNamesOfAggregates(t *testing.T) {
	for want, a := range map[string]Agg{
		"count_distinct_s":   {Kind: CountDistinct, Column: "s"},
		"quantile_0.9_delay": {Kind: Quantile, Column: "delay", Q: 0.9},
		"quantile_1_delay":   {Kind: Quantile, Column: "delay", Q: 1},
		"median_delay":       {Kind: Median, Column: "delay"},
		"count":              {Kind: CountStar},
		"p90":                {Kind: Quantile, Column: "delay", Q: 0.9, As: "p90"},
	} {
		if got := a.Name(); got != want {
			t.Errorf("%v of %q is named %q, want %q", a.Kind, a.Column, got, want)
		}
	}
	in := arrow.NewSchema([]arrow.Field{{Name: "v", Type: arrow.PrimitiveTypes.Float64}}, nil)
	out, err := AggSpec{Aggs: []Agg{{Kind: Quantile, Column: "v", Q: 0.1}, {Kind: Quantile, Column: "v", Q: 0.9}}}.Schema(in)
	if err != nil || out.Field(0).Name != "quantile_0.1_v" || out.Field(1).Name != "quantile_0.9_v" {
		t.Errorf("two quantiles of one column: %v, %v", out, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestConcatRefusesDictionariesBeyondTheirIndices(t *testing.T) {
	mem := checked(t)
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	part := func(prefix string) *kernels.Table {
		var cells []cell
		for i := range 90 {
			cells = append(cells, fmt.Sprint(prefix, i))
		}
		col := makeColumn(mem, dt, cells)
		defer col.Release()
		made, err := kernels.NewTable(arrow.NewSchema([]arrow.Field{{Name: "d", Type: dt}}, nil), []arrow.Array{col}, len(cells))
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	a, b := part("a"), part("b")
	defer a.Release()
	defer b.Release()
	_, err := Concat(mem, a, b)
	if !errors.Is(err, ErrOverflow) || !strings.Contains(err.Error(), `180 distinct strings in a dictionary with int8 indices (concat of column "d")`) {
		t.Errorf("error %v", err)
	}
}
