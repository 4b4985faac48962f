package expr

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// Expected values of texts that are empty, of several bytes a character, or no
// UTF-8 at all.
func TestTextEdits(t *testing.T) {
	for _, c := range []struct {
		op   Op
		imm  int64
		text string
		args []any
		want value
	}{
		{Matches, 0, "", []any{""}, true}, {Matches, 0, "", []any{"a"}, false}, {Matches, 0, "flight 7", []any{`\d$`}, true},
		{Matches, 0, "日本語", []any{"^日.語$"}, true}, {Matches, 0, "GRÖSSE", []any{"(?i)größ|grösse"}, true},
		{Matches, 0, "a\xffb", []any{"^a.b$"}, true}, {Matches, 0, "ab\n", []any{"b$"}, false},
		{Replace, 0, "aXbXc", []any{"X", ""}, "abc"}, {Replace, 0, "", []any{"X", "y"}, ""}, {Replace, 0, "abc", []any{"", "y"}, "abc"},
		{Replace, 0, "aaa", []any{"aa", "b"}, "ba"}, {Replace, 0, "日本日本", []any{"日", "Ü"}, "Ü本Ü本"}, {Replace, 0, "\xff\xfe\xff", []any{"\xff", "-"}, "-\xfe-"},
		{Replace, 0, "a", []any{"a", "aa"}, "aa"},
		{RegexReplace, 0, "2001-02-03", []any{`(\d+)-(\d+)-(\d+)`, "$3.$2.$1"}, "03.02.2001"}, {RegexReplace, 0, "abc", []any{"x", "y"}, "abc"},
		{RegexReplace, 0, "", []any{"^", "y"}, "y"}, {RegexReplace, 0, "日本", []any{".", "${0}!"}, "日!本!"}, {RegexReplace, 0, "a\xffb", []any{"b", "c"}, "a\xffc"},
		{Extract, 0, "flight AA123", []any{`[A-Z]{2}\d+`}, "AA123"}, {Extract, 1, "flight AA123", []any{`([A-Z]{2})(\d+)`}, "AA"},
		{Extract, 0, "none", []any{`\d`}, nil}, {Extract, 1, "b", []any{`(a)?b`}, nil}, {Extract, 1, "b", []any{`(a*)b`}, ""}, {Extract, 0, "", []any{""}, ""},
		{Extract, 1, "ü=日", []any{"=(.)"}, "日"}, {Extract, 0, "x\xffy", []any{"y"}, "y"},
		{Trim, 0, " \t\u00a0ab c\u3000\n", []any{""}, "ab c"}, {Trim, 0, "", []any{""}, ""}, {Trim, 0, "   ", []any{""}, ""}, {Trim, 0, "xyaxbyx", []any{"xy"}, "axb"},
		{Trim, 0, "ÜüaÜ", []any{"ÜXü"}, "a"}, {Trim, 0, " \xff ", []any{""}, "\xff"},
		{TrimStart, 0, "  a ", []any{""}, "a "}, {TrimStart, 0, "..a.", []any{"."}, "a."}, {TrimStart, 0, "\u2003ü", []any{""}, "ü"},
		{TrimEnd, 0, "  a ", []any{""}, "  a"}, {TrimEnd, 0, "..a.", []any{"."}, "..a"}, {TrimEnd, 0, "\xff\u2003", []any{""}, "\xff"},
		{SplitPart, 0, "a,b,,c", []any{",", 0}, "a"}, {SplitPart, 0, "a,b,,c", []any{",", 2}, ""}, {SplitPart, 0, "a,b,,c", []any{",", 3}, "c"},
		{SplitPart, 0, "a,b,,c", []any{",", 4}, ""}, {SplitPart, 0, "a,b,,c", []any{",", -1}, "c"}, {SplitPart, 0, "a,b,,c", []any{",", -4}, "a"},
		{SplitPart, 0, "a,b,,c", []any{",", -5}, ""}, {SplitPart, 0, "", []any{",", 0}, ""}, {SplitPart, 0, "ab", []any{"", 0}, "ab"}, {SplitPart, 0, "ab", []any{"", 1}, ""},
		{SplitPart, 0, "日→本→語", []any{"→", 1}, "本"}, {SplitPart, 0, "a\xffb", []any{"\xff", -1}, "b"}, {SplitPart, 0, "a,b", []any{",", math.MinInt64}, ""},
		{Bytes, 0, "", nil, int64(0)}, {Bytes, 0, "日本x", nil, int64(7)}, {Bytes, 0, "\xff", nil, int64(1)},
		{Lower, 0, "ÅB\xffÜ日", nil, "åb\xffü日"}, {Upper, 0, "aß\xffé", nil, "Aß\xffÉ"}, {Upper, 0, "", nil, ""}, {Lower, 0, "A\uFFFDB", nil, "a\uFFFDb"},
		{Length, 0, "日本x", nil, int64(3)}, {Length, 0, "\xff\xfe", nil, int64(2)},
		{TryParse, int64(Int64), "12", nil, int64(12)}, {TryParse, int64(Int64), "1.5", nil, nil}, {TryParse, int64(Int64), "", nil, nil},
		{TryParse, int64(Uint8), "256", nil, nil}, {TryParse, int64(Float64), "1e3", nil, 1000.0}, {TryParse, int64(Bool), "yes", nil, nil},
		{TryParse, int64(Date32), "2001-02-30", nil, nil}, {TryParse, int64(Date32), "1970-01-02", nil, int64(1)}, {TryParse, int64(TimestampNs), "4000-01-01", nil, nil},
		{TryParse, int64(Float64), "\xff", nil, nil},
		{ParseTime, int64(Date32), "3.2.1970", []any{"2.1.2006"}, int64(33)}, {ParseTime, int64(TimestampS), "Feb 3, 1970 1PM", []any{"Jan 2, 2006 3PM"}, int64(33*86400 + 13*3600)},
		{ParseTime, int64(TimestampMs), "1969-12-31T23:59:59.750", []any{"2006-01-02T15:04:05"}, int64(-250)},
		{ParseTime, int64(TimestampS), "1970-01-01 01:00 +0100", []any{"2006-01-02 15:04 -0700"}, int64(0)},
	} {
		got, err := evalLiteral(t, func(b *Builder) (Ref, error) {
			args := []Ref{b.Str(c.text)}
			for _, a := range c.args {
				switch a := a.(type) {
				case string:
					args = append(args, b.Str(a))
				case int:
					args = append(args, b.Int(int64(a)))
				}
			}
			return b.ApplyImm(c.op, c.imm, args...)
		})
		if err != nil || got != c.want {
			t.Errorf("%v(%q, %q; %d) is %#v, %v, want %#v", c.op, c.text, c.args, c.imm, got, err, c.want)
		}
	}
}

func TestFormats(t *testing.T) {
	at := time.Date(1969, 2, 3, 4, 5, 6, 700_000_000, time.UTC)
	for _, c := range []struct {
		op   Op
		imm  int64
		x    func(b *Builder) Ref
		args []string
		want string
	}{
		{FormatTime, 0, func(b *Builder) Ref { return b.Const(Date32, -1) }, []string{"Mon 2 January 06"}, "Wed 31 December 69"},
		{FormatTime, 0, func(b *Builder) Ref { return b.Const(TimestampMs, at.UnixMilli()) }, []string{"02.01.2006 15h04 05.0"}, "03.02.1969 04h05 06.7"},
		{FormatTime, 0, func(b *Builder) Ref { return b.Const(TimestampNs, at.UnixNano()) }, []string{""}, ""},
		{FormatTime, 0, func(b *Builder) Ref { return b.Const(TimestampS, at.Unix()) }, []string{"日 2006"}, "日 1969"},
		{Fixed, 2, func(b *Builder) Ref { return b.Float(3.1) }, nil, "3.10"}, {Fixed, 0, func(b *Builder) Ref { return b.Float(2.5) }, nil, "2"},
		{Fixed, 1, func(b *Builder) Ref { return b.Float(-0.04) }, nil, "-0.0"}, {Fixed, 3, func(b *Builder) Ref { return b.Float(math.Inf(1)) }, nil, "+Inf"},
		{Fixed, 2, func(b *Builder) Ref { return must(b.Cast(b.Float(0.1), Float32)) }, nil, "0.10"}, {Fixed, 1, func(b *Builder) Ref { return b.Float(math.NaN()) }, nil, "NaN"},
	} {
		got, err := evalLiteral(t, func(b *Builder) (Ref, error) {
			args := []Ref{c.x(b)}
			for _, a := range c.args {
				args = append(args, b.Str(a))
			}
			return b.ApplyImm(c.op, c.imm, args...)
		})
		if err != nil || got != c.want {
			t.Errorf("%v %q is %q, %v, want %q", c.op, c.args, got, err, c.want)
		}
	}
}

// A textCase is an output of a program, and what Go's own functions say it is.
type textCase struct {
	build func(b *Builder, x Ref) (Ref, error)
	want  func(s string) value
}

func textCases() []textCase {
	regex := regexp.MustCompile(`(\d)|ö`)
	return []textCase{
		{func(b *Builder, x Ref) (Ref, error) { return b.Apply(Matches, x, b.Str(regex.String())) }, func(s string) value { return regex.MatchString(s) }},
		{func(b *Builder, x Ref) (Ref, error) { return b.Apply(Replace, x, b.Str(","), b.Str("·")) }, func(s string) value { return strings.ReplaceAll(s, ",", "·") }},
		{func(b *Builder, x Ref) (Ref, error) {
			return b.Apply(RegexReplace, x, b.Str(regex.String()), b.Str("<$1>"))
		}, func(s string) value { return regex.ReplaceAllString(s, "<$1>") }},
		{func(b *Builder, x Ref) (Ref, error) { return b.ApplyImm(Extract, 1, x, b.Str(regex.String())) }, func(s string) value {
			if m := regex.FindStringSubmatchIndex(s); m != nil && m[2] >= 0 {
				return s[m[2]:m[3]]
			}
			return nil
		}},
		{func(b *Builder, x Ref) (Ref, error) { return b.Apply(Trim, x, b.Str("")) }, func(s string) value { return strings.TrimSpace(s) }},
		{func(b *Builder, x Ref) (Ref, error) { return b.Apply(TrimStart, x, b.Str("")) }, func(s string) value { return strings.TrimLeftFunc(s, unicode.IsSpace) }},
		{func(b *Builder, x Ref) (Ref, error) { return b.Apply(TrimEnd, x, b.Str("xe ")) }, func(s string) value { return strings.TrimRight(s, "xe ") }},
		{func(b *Builder, x Ref) (Ref, error) { return b.Apply(SplitPart, x, b.Str(","), b.Int(-2)) }, func(s string) value { return splitOne(s, ",", -2) }},
		{func(b *Builder, x Ref) (Ref, error) { return b.Apply(Bytes, x) }, func(s string) value { return int64(len(s)) }},
		{func(b *Builder, x Ref) (Ref, error) { return b.ApplyImm(TryParse, int64(Int32), x) }, func(s string) value {
			var v int64
			if n, err := fmt.Sscanf(s+"|", "%d|", &v); n == 1 && err == nil && strings.TrimSpace(s) == s {
				return v
			}
			return nil
		}},
	}
}

// Columns of several batches in every representation, with nulls, give what Go's
// own functions give of each text.
func TestTextColumns(t *testing.T) {
	pool := []value{"", "a", " a b ", "xabcx", "Größe, ü", "日本,語", "\xff,\xfe", "1,2,3", "12", "-7", "2001-02-03", strings.Repeat("long ", 30)}
	cases := textCases()
	forms := []arrow.DataType{arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString,
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}}
	rapid.Check(t, func(rt *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		n := rapid.SampledFrom([]int{0, 1, 50, batchSize + 7}).Draw(rt, "rows")
		deal := rapid.IntRange(1, 1<<20).Draw(rt, "deal")
		rows := make([]value, n)
		for i := range rows {
			if k := (i*deal + i*i) % (len(pool) + 2); k < len(pool) {
				rows[i] = pool[k]
			}
		}
		col := arrowOf(mem, rapid.SampledFrom(forms).Draw(rt, "form"), rows, rapid.IntRange(0, 3).Draw(rt, "skip"))
		defer col.Release()
		b := NewBuilder()
		x := b.Input(String)
		var outs []Ref
		for _, c := range cases {
			outs = append(outs, must(c.build(b, x)))
		}
		p, rest, err := Parse(must(b.Program(outs...)).Append(nil))
		if err != nil || len(rest) > 0 {
			rt.Fatal(err)
		}
		got := must(EvalColumns(mem, p, []arrow.Array{col}, n))
		defer releaseAll(got)
		for k, c := range cases {
			for i, v := range rows {
				var want value
				if v != nil {
					want = c.want(v.(string))
				}
				if g := valueAt(got[k], i); g != want {
					rt.Fatalf("case %d of %q is %#v, want %#v", k, v, g, want)
				}
			}
		}
	})
}

func TestTextErrors(t *testing.T) {
	for _, c := range []struct {
		build func(b *Builder) (Ref, error)
		is    error
		want  string
	}{
		{func(b *Builder) (Ref, error) { return b.Apply(Matches, b.Str("x"), b.Str("(")) }, ErrType, "matches: error parsing regexp: missing closing )"},
		{func(b *Builder) (Ref, error) { return b.Apply(Matches, b.Str("x"), b.Input(String)) }, ErrType, "matches takes literals after its first operand, not input"},
		{func(b *Builder) (Ref, error) { return b.ApplyImm(Extract, 2, b.Str("x"), b.Str("(a)")) }, ErrType, `"(a)" has the groups 0 to 1, not 2`},
		{func(b *Builder) (Ref, error) { return b.ApplyImm(Extract, -1, b.Str("x"), b.Str("(a)")) }, ErrType, "the number of a group"},
		{func(b *Builder) (Ref, error) { return b.Apply(Trim, b.Int(1), b.Str("")) }, ErrType, "trim(int64, string): takes strings"},
		{func(b *Builder) (Ref, error) { return b.Apply(SplitPart, b.Str("x"), b.Str(","), b.Float(1)) }, ErrType, "takes two strings and an integer"},
		{func(b *Builder) (Ref, error) { return b.ApplyImm(TryParse, int64(Int64), b.Int(1)) }, ErrType, "takes a string, and a type"},
		{func(b *Builder) (Ref, error) { return b.ApplyImm(ParseTime, int64(Int64), b.Str("1"), b.Str("2")) }, ErrType, "a date or timestamp to read it as"},
		{func(b *Builder) (Ref, error) { return b.Apply(FormatTime, b.Int(1), b.Str("2006")) }, ErrType, "format_time(int64, string): takes a date"},
		{func(b *Builder) (Ref, error) { return b.ApplyImm(Fixed, 2, b.Int(1)) }, ErrType, "takes a float (cast an integer first)"},
		{func(b *Builder) (Ref, error) { return b.ApplyImm(Fixed, -1, b.Float(1)) }, ErrType, "0 to 308 digits"},
		{func(b *Builder) (Ref, error) { return b.ApplyImm(ParseTime, int64(Date32), b.Str("x1"), b.Str("2006")) }, ErrParse, `"x1" is no date32 as in "2006", at element 0`},
		{func(b *Builder) (Ref, error) {
			return b.ApplyImm(ParseTime, int64(TimestampNs), b.Str("4000"), b.Str("2006"))
		}, ErrParse, `"4000" is no timestamp[ns]`},
	} {
		_, err := evalLiteral(t, c.build)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one that says %q", err, c.want)
		}
	}
}

// What shares the memory of its operand, or writes to an arena, makes nothing of
// its own a row.
func TestTextEditsAllocateLittle(t *testing.T) {
	mem := memory.NewGoAllocator()
	rows := make([]value, 8*batchSize)
	for i := range rows {
		rows[i] = " some, text, that is long enough "
	}
	col := arrowOf(mem, arrow.BinaryTypes.String, rows, 0)
	defer col.Release()
	b := NewBuilder()
	x := b.Input(String)
	p := must(b.Program(must(b.Apply(Replace, x, b.Str(","), b.Str(";"))), must(b.Apply(Trim, x, b.Str(""))), must(b.Apply(TrimEnd, x, b.Str(" h"))),
		must(b.Apply(SplitPart, x, b.Str(","), b.Int(1))), must(b.Apply(Matches, x, b.Str("l.ng")))))
	n := testing.AllocsPerRun(3, func() { releaseAll(must(EvalColumns(mem, p, []arrow.Array{col}, len(rows)))) })
	if n > 400 {
		t.Errorf("%v allocations for %d rows", n, len(rows))
	}
}
