package expr

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestBuilderPromotesAndShares(t *testing.T) {
	b := NewBuilder()
	x, n := b.Input(Float32), b.Input(Int32)
	twice := must(b.Apply(Mul, x, b.Float(2)))
	if got := b.Type(twice); got != Float32 {
		t.Errorf("float32 * untyped literal is %v", got)
	}
	if again := must(b.Apply(Mul, x, b.Float(2))); again != twice {
		t.Errorf("equal instructions have numbers %d and %d", twice, again)
	}
	sum := must(b.Apply(Add, twice, n))
	if got := b.Type(sum); got != Float64 {
		t.Errorf("float32 + int32 is %v, want float64", got)
	}
	p := must(b.Program(sum))
	want := `%0 float32 = input 0
%1 int32 = input 1
%2 float32 = const 2
%3 float32 = mul %0 %2
%4 float64 = cast %3
%5 float64 = cast %1
%6 float64 = add %4 %5
return %6`
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTypeErrorsNameOperationAndOperands(t *testing.T) {
	b := NewBuilder()
	s, f, ok := b.Input(String), b.Input(Float64), b.Input(Bool)
	for _, c := range []struct {
		op   Op
		args []Ref
		want string
	}{
		{Add, []Ref{s, f}, "add(string, float64): takes numbers"},
		{Add, []Ref{ok, ok}, "add(bool, bool): takes numbers (cast a bool first)"},
		{And, []Ref{ok, f}, "and(bool, float64): takes bools"},
		{YearOf, []Ref{f}, "year(float64): takes a date or timestamp"},
		{Eq, []Ref{s, f}, "eq(string, float64): the operands have no common type"},
		{Where, []Ref{f, f, f}, "where(float64, float64, float64): takes a bool and two values"},
		{Like, []Ref{s, s}, "like takes literals"},
		{Sqrt, []Ref{f, f}, "sqrt(float64, float64): takes numbers"},
	} {
		_, err := b.Apply(c.op, c.args...)
		if !errors.Is(err, ErrType) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.op, err, c.want)
		}
	}
}

func TestTextLiteralBesideTimestamp(t *testing.T) {
	b := NewBuilder()
	at := b.Input(TimestampUs)
	after := must(b.Apply(Ge, at, b.Str("2001-02-03 04:05:06")))
	text := must(b.Program(after)).String()
	if !strings.Contains(text, "timestamp[us] = const 2001-02-03 04:05:06") {
		t.Errorf("literal was not read as a timestamp:\n%s", text)
	}
	other := NewBuilder()
	if _, err := other.Apply(Ge, other.Input(Date32), other.Str("yesterday")); !errors.Is(err, ErrType) {
		t.Errorf("unreadable date: %v", err)
	}
}

func TestCivilAgreesWithTime(t *testing.T) {
	for day := int64(-1000000); day < 1000000; day += 13 {
		y, m, d := civil(day)
		at := time.Unix(day*secondsPerDay, 0).UTC()
		if int(y) != at.Year() || int(m) != int(at.Month()) || int(d) != at.Day() {
			t.Fatalf("day %d is %d-%d-%d, want %v", day, y, m, d, at)
		}
		if back := dayNumber(y, m, d); back != day {
			t.Fatalf("%d-%d-%d is day %d, want %d", y, m, d, back, day)
		}
	}
}
