package frame

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
)

func TestTextExpressions(t *testing.T) {
	s := arrow.NewSchema([]arrow.Field{
		{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "d", Type: arrow.FixedWidthTypes.Date32, Nullable: true}, {Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	}, nil)
	f := FromTables(build(t, s, [][]any{{" AA,7 ", int64(0), int64(0), 1.5}, {"日本,12", int64(1), int64(31), nil}, {nil, nil, nil, 2.0}}))
	expect(t, f.Select(Col("s").Trim("").As("a"), Col("s").SplitPart(",", Col("n")).As("b"), Col("s").Bytes().As("c"), Col("s").Replace(",", "").As("d")),
		"AA,7| AA|6| AA7 ", "日本,12|12|9|日本12", "null|null|null|null")
	expect(t, f.Select(Col("s").Matches("^日").As("a"), Col("s").Extract(`(\d+)`, 1).TryCast(Int64).As("b"), Col("s").RegexReplace(`\d+`, "<$0>").As("c")),
		"false|7| AA,<7> ", "true|12|日本,<12>", "null|null|null")
	expect(t, f.Select(Col("d").FormatTime("02.01.06").As("a"), Col("d").FormatTime("2006").ParseTime("2006", Date32).As("b"), Col("x").Fixed(2).As("c"),
		Col("s").TryCast(Int64).As("d"), Col("s").TrimStart(" A").As("e"), Col("s").TrimEnd(" 7").As("f")),
		"01.01.70|1970-01-01|1.50|null|,7 | AA,", "01.02.70|1970-01-01|null|null|日本,12|日本,12", "null|null|2.00|null|null|null")
	wantText(t, "a pattern", f.Filter(Col("s").Matches("(")).Err(), "filter", `matches(s, "(")`, "missing closing )", "exprtext_test.go:")
	wantText(t, "a group", f.With(Col("s").Extract("a", 1).As("e")).Err(), "with", "groups 0 to 0, not 1")
	wantText(t, "a pattern that is a column", f.With(apply(Col("s").Like("").op, 0, Col("s"), Col("s")).As("e")).Err(), "takes literals")
	wantText(t, "a date", computeChecked(t, f.With(Col("s").ParseTime("2006-01-02", Date32).As("e"))), "is no date32", "2006-01-02")
	wantText(t, "an integer", f.With(Col("n").Fixed(1).As("e")).Err(), "fixed(n)", "cast an integer first")
}
