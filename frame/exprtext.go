package frame

import "github.com/ashlar-go/ashlar/kernels/expr"

// More of strings. Characters are code points; bytes that are no UTF-8 count as
// one each and stay as they are.

// Bytes returns the number of bytes.
func (e Expr) Bytes() Expr { return apply(expr.Bytes, 0, e) }

// Trim cuts the given characters off both ends; "" stands for white space.
func (e Expr) Trim(chars string) Expr { return apply(expr.Trim, 0, e, chars) }

// TrimStart cuts the given characters off the start; "" stands for white space.
func (e Expr) TrimStart(chars string) Expr { return apply(expr.TrimStart, 0, e, chars) }

// TrimEnd cuts the given characters off the end; "" stands for white space.
func (e Expr) TrimEnd(chars string) Expr { return apply(expr.TrimEnd, 0, e, chars) }

// Replace replaces every occurrence of one text by another; none of "".
func (e Expr) Replace(old, with any) Expr { return apply(expr.Replace, 0, e, old, with) }

// SplitPart returns the part of that number between separators, counted from 0; -1
// is the last. It is "" where there are not so many parts.
func (e Expr) SplitPart(separator, n any) Expr { return apply(expr.SplitPart, 0, e, separator, n) }

// Matches tests whether some of the string matches a regular expression of package
// regexp; ^ and $ tie it to the ends, (?i) ignores case.
func (e Expr) Matches(pattern string) Expr { return apply(expr.Matches, 0, e, pattern) }

// RegexReplace replaces every match of a regular expression by a template, in which
// $1 or ${name} is a group.
func (e Expr) RegexReplace(pattern, template string) Expr {
	return apply(expr.RegexReplace, 0, e, pattern, template)
}

// Extract returns the first match of a regular expression (group 0) or one of its
// groups, null where there is none.
func (e Expr) Extract(pattern string, group int) Expr {
	return apply(expr.Extract, int64(group), e, pattern)
}

// TryCast reads strings as values of t, as Cast does; a string that is none is
// null, not an error.
func (e Expr) TryCast(t Type) Expr { return apply(expr.TryParse, int64(t), e) }

// ParseTime reads strings as dates or timestamps by a layout of package time, such
// as "02.01.2006 15:04". Where one has a zone, the result is in UTC.
func (e Expr) ParseTime(layout string, t Type) Expr {
	return apply(expr.ParseTime, int64(t), e, layout)
}

// FormatTime writes dates or timestamps by a layout of package time.
func (e Expr) FormatTime(layout string) Expr { return apply(expr.FormatTime, 0, e, layout) }

// Fixed writes floats with so many digits after the point.
func (e Expr) Fixed(digits int) Expr { return apply(expr.Fixed, int64(digits), e) }
