package frame

import (
	"fmt"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/kernels/expr"
)

// Expr is an expression over the columns of a frame. It is a plain value with
// no schema of its own: names and types are checked where it is used, and a
// mistake is an error of that frame operation.
type Expr struct {
	kind kind
	name string // of a column
	as   string // of the result; empty is derived
	lit  any
	op   expr.Op
	imm  int64
	typ  expr.Type // of a cast
	args []Expr
}

type kind uint8

const (
	kindInvalid kind = iota
	kindColumn
	kindLiteral
	kindOp
	kindCast
	kindBetween
	kindClip
)

// Col is the column of that name.
func Col(name string) Expr { return Expr{kind: kindColumn, name: name} }

// Lit is a literal: a number, string, bool or [time.Time]. Numbers take the
// type of what stands beside them; a string beside a date or timestamp is read
// as one.
func Lit(v any) Expr { return Expr{kind: kindLiteral, lit: v} }

// As names the result.
func (e Expr) As(name string) Expr { e.as = name; return e }

// operand turns what a method takes into an expression: an Expr, or a literal.
func operand(x any) Expr {
	if e, ok := x.(Expr); ok {
		return e
	}
	return Lit(x)
}

func apply(op expr.Op, imm int64, args ...any) Expr {
	e := Expr{kind: kindOp, op: op, imm: imm}
	for _, a := range args {
		e.args = append(e.args, operand(a))
	}
	return e
}

// Arithmetic. Integer sums that do not fit are an error, division by zero is
// null, as in DuckDB. The other operand is an Expr or a literal.

// Add returns e + x.
func (e Expr) Add(x any) Expr { return apply(expr.Add, 0, e, x) }

// Sub returns e - x.
func (e Expr) Sub(x any) Expr { return apply(expr.Sub, 0, e, x) }

// Mul returns e * x.
func (e Expr) Mul(x any) Expr { return apply(expr.Mul, 0, e, x) }

// Div returns e / x as a floating point number.
func (e Expr) Div(x any) Expr { return apply(expr.Div, 0, e, x) }

// FloorDiv returns e / x rounded towards minus infinity.
func (e Expr) FloorDiv(x any) Expr { return apply(expr.FloorDiv, 0, e, x) }

// Mod returns the remainder of FloorDiv; it has the sign of x.
func (e Expr) Mod(x any) Expr { return apply(expr.Mod, 0, e, x) }

// Pow returns e to the power of x.
func (e Expr) Pow(x any) Expr { return apply(expr.Pow, 0, e, x) }

// Neg returns -e.
func (e Expr) Neg() Expr { return apply(expr.Neg, 0, e) }

// Abs returns the absolute value.
func (e Expr) Abs() Expr { return apply(expr.Abs, 0, e) }

// Sqrt returns the square root.
func (e Expr) Sqrt() Expr { return apply(expr.Sqrt, 0, e) }

// Exp returns e to the power of the expression.
func (e Expr) Exp() Expr { return apply(expr.Exp, 0, e) }

// Log returns the natural logarithm.
func (e Expr) Log() Expr { return apply(expr.Log, 0, e) }

// Sin returns the sine of radians.
func (e Expr) Sin() Expr { return apply(expr.Sin, 0, e) }

// Cos returns the cosine of radians.
func (e Expr) Cos() Expr { return apply(expr.Cos, 0, e) }

// Floor rounds down.
func (e Expr) Floor() Expr { return apply(expr.Floor, 0, e) }

// Ceil rounds up.
func (e Expr) Ceil() Expr { return apply(expr.Ceil, 0, e) }

// Round rounds half to even, to so many decimal digits.
func (e Expr) Round(digits int) Expr { return apply(expr.Round, int64(digits), e) }

// Clip limits e to lo … hi.
func (e Expr) Clip(lo, hi any) Expr {
	return Expr{kind: kindClip, args: []Expr{e, operand(lo), operand(hi)}}
}

// Cast converts e to t. Strings are parsed; what does not fit is an error.
func (e Expr) Cast(t expr.Type) Expr { return Expr{kind: kindCast, typ: t, args: []Expr{e}} }

// Comparison: null if either side is.

// Eq returns e == x.
func (e Expr) Eq(x any) Expr { return apply(expr.Eq, 0, e, x) }

// Ne returns e != x.
func (e Expr) Ne(x any) Expr { return apply(expr.Ne, 0, e, x) }

// Lt returns e < x.
func (e Expr) Lt(x any) Expr { return apply(expr.Lt, 0, e, x) }

// Le returns e <= x.
func (e Expr) Le(x any) Expr { return apply(expr.Le, 0, e, x) }

// Gt returns e > x.
func (e Expr) Gt(x any) Expr { return apply(expr.Gt, 0, e, x) }

// Ge returns e >= x.
func (e Expr) Ge(x any) Expr { return apply(expr.Ge, 0, e, x) }

// Between returns lo ≤ e ≤ hi.
func (e Expr) Between(lo, hi any) Expr {
	return Expr{kind: kindBetween, args: []Expr{e, operand(lo), operand(hi)}}
}

// IsIn tests for one of a list of literals.
func (e Expr) IsIn(values ...any) Expr { return apply(expr.IsIn, 0, append([]any{e}, values...)...) }

// Logic is three-valued (Kleene).

// And returns e AND x.
func (e Expr) And(x any) Expr { return apply(expr.And, 0, e, x) }

// Or returns e OR x.
func (e Expr) Or(x any) Expr { return apply(expr.Or, 0, e, x) }

// Not returns NOT e.
func (e Expr) Not() Expr { return apply(expr.Not, 0, e) }

// IsNull tests for null.
func (e Expr) IsNull() Expr { return apply(expr.IsNull, 0, e) }

// FillNull returns x where e is null.
func (e Expr) FillNull(x any) Expr { return apply(expr.Coalesce, 0, e, x) }

// Coalesce returns the first that is not null.
func Coalesce(first any, others ...any) Expr {
	return apply(expr.Coalesce, 0, append([]any{first}, others...)...)
}

// When returns yes where cond is true, and no elsewhere, also where it is null.
func When(cond Expr, yes, no any) Expr { return apply(expr.Where, 0, cond, yes, no) }

// Strings.

// Contains tests for a substring.
func (e Expr) Contains(s any) Expr { return apply(expr.Contains, 0, e, s) }

// StartsWith tests for a prefix.
func (e Expr) StartsWith(s any) Expr { return apply(expr.StartsWith, 0, e, s) }

// EndsWith tests for a suffix.
func (e Expr) EndsWith(s any) Expr { return apply(expr.EndsWith, 0, e, s) }

// Like matches the SQL pattern: % is any run, _ one character, \ escapes.
func (e Expr) Like(pattern string) Expr { return apply(expr.Like, 0, e, pattern) }

// Lower returns the string in lower case.
func (e Expr) Lower() Expr { return apply(expr.Lower, 0, e) }

// Upper returns the string in upper case.
func (e Expr) Upper() Expr { return apply(expr.Upper, 0, e) }

// Length returns the number of characters.
func (e Expr) Length() Expr { return apply(expr.Length, 0, e) }

// Substring returns so many characters from start, counted from 0; a negative
// start counts from the end.
func (e Expr) Substring(start, length any) Expr { return apply(expr.Substring, 0, e, start, length) }

// Concat joins strings; null if any is.
func (e Expr) Concat(others ...any) Expr {
	return apply(expr.Concat, 0, append([]any{e}, others...)...)
}

// Dates and timestamps.

// Year returns the year.
func (e Expr) Year() Expr { return apply(expr.YearOf, 0, e) }

// Month returns 1 … 12.
func (e Expr) Month() Expr { return apply(expr.MonthOf, 0, e) }

// Day returns the day of the month, 1 … 31.
func (e Expr) Day() Expr { return apply(expr.DayOf, 0, e) }

// Hour returns 0 … 23.
func (e Expr) Hour() Expr { return apply(expr.HourOf, 0, e) }

// Minute returns 0 … 59.
func (e Expr) Minute() Expr { return apply(expr.MinuteOf, 0, e) }

// Weekday returns the ISO weekday, Monday 1 … Sunday 7.
func (e Expr) Weekday() Expr { return apply(expr.Weekday, 0, e) }

// DayOfYear returns 1 … 366.
func (e Expr) DayOfYear() Expr { return apply(expr.DayOfYear, 0, e) }

// Trunc returns the start of the unit that e lies in; weeks start on Monday.
func (e Expr) Trunc(u expr.Unit) Expr { return apply(expr.Trunc, int64(u), e) }

// Since returns the whole units from x to e, towards zero.
func (e Expr) Since(x any, u expr.Unit) Expr { return apply(expr.Diff, int64(u), e, x) }

// Name returns the name of the result: what As gave it, or that of the first
// column it reads, or, of an expression without columns, how it is written.
func (e Expr) Name() string {
	if e.as != "" {
		return e.as
	}
	if cols := e.columns(nil); len(cols) > 0 {
		return cols[0]
	}
	return e.String()
}

// String writes the expression as a column name or a call, such as
// add(x, mul(y, 2)).
func (e Expr) String() string {
	switch e.kind {
	case kindColumn:
		return e.name
	case kindLiteral:
		if t, ok := e.lit.(time.Time); ok {
			return t.Format(time.RFC3339)
		}
		if s, ok := e.lit.(string); ok {
			return fmt.Sprintf("%q", s)
		}
		return fmt.Sprint(e.lit)
	}
	names := map[kind]string{kindCast: "cast_" + e.typ.String(), kindBetween: "between", kindClip: "clip"}
	name, ok := names[e.kind]
	if !ok {
		name = e.op.String()
	}
	args := make([]string, len(e.args))
	for i, a := range e.args {
		args[i] = a.String()
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// columns appends the names of the columns that e reads.
func (e Expr) columns(names []string) []string {
	if e.kind == kindColumn {
		return append(names, e.name)
	}
	for _, a := range e.args {
		names = a.columns(names)
	}
	return names
}
