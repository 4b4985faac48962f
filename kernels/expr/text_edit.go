package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// wantsLiterals says whether the operands after the first must be known before
// evaluation.
func (op Op) wantsLiterals() bool {
	return slices.Contains([]Op{IsIn, Like, Matches, RegexReplace, Extract, Trim, TrimStart, TrimEnd, ParseTime, FormatTime}, op)
}

// validatePattern checks a regular expression, and that it has the group that an
// Extract wants.
func validatePattern(in Instr, pattern string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return fmt.Errorf("%v: %w", in.Op, err)
	}
	if in.Op == Extract && (in.Imm < 0 || in.Imm > int64(re.NumSubexp())) {
		return fmt.Errorf("extract: %q has the groups 0 to %d, not %d", pattern, re.NumSubexp(), in.Imm)
	}
	return nil
}

// editKernel is textKernel of what changes texts, and of Matches.
func editKernel(op Op, rest []Instr) kernel {
	switch op {
	case Matches:
		re := regexp.MustCompile(rest[0].Text)
		return textTest(func(dst []bool, x, _ []string) {
			for i := range dst {
				dst[i] = re.MatchString(x[i])
			}
		})
	case Bytes:
		return textBytes
	case Replace:
		return textReplace()
	case RegexReplace:
		re, template := regexp.MustCompile(rest[0].Text), rest[1].Text
		return textMap(func(dst []byte, s string) []byte {
			if !re.MatchString(s) {
				return append(dst, s...)
			}
			return append(dst, re.ReplaceAllString(s, template)...)
		})
	case Trim, TrimStart, TrimEnd:
		return textCut(trimmer(op, rest[0].Text))
	}
	return nil
}

func textBytes(m *machine, dst *vec, a []*vec) error {
	out := view[int64](dst, m.n)
	for i, s := range a[0].text[:m.n] {
		out[i] = int64(len(s))
	}
	return nil
}

// textCut makes texts that are part of their operand, and share its memory.
func textCut(cut func(s string) string) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		for i, s := range a[0].text[:m.n] {
			dst.text[i] = cut(s)
		}
		return nil
	}
}

// trimmer cuts characters off; no characters stand for white space, as Unicode
// has it.
func trimmer(op Op, chars string) func(string) string {
	switch {
	case op == Trim && chars == "":
		return strings.TrimSpace
	case op == Trim:
		return func(s string) string { return strings.Trim(s, chars) }
	case op == TrimStart && chars == "":
		return func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) }
	case op == TrimStart:
		return func(s string) string { return strings.TrimLeft(s, chars) }
	case chars == "":
		return func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }
	}
	return func(s string) string { return strings.TrimRight(s, chars) }
}

func textReplace() kernel {
	var made arena
	return func(m *machine, dst *vec, a []*vec) error {
		made.reset()
		for i, s := range a[0].text[:m.n] {
			old, with := a[1].text[i], a[2].text[i]
			at := strings.Index(s, old)
			if at < 0 || old == "" {
				dst.text[i] = s
				continue
			}
			start := len(made.bytes)
			for ; at >= 0; at = strings.Index(s, old) {
				made.bytes = append(append(made.bytes, s[:at]...), with...)
				s = s[at+len(old):]
			}
			made.bytes = append(made.bytes, s...)
			dst.text[i] = made.since(start)
		}
		return nil
	}
}

// splitPart returns part n of s between separators, from 0, or counted from the
// end if n is negative; "" if there are not so many. An empty separator cuts
// nothing.
func splitPart(s, separator string, n int64) string {
	if separator == "" {
		if n == 0 || n == -1 {
			return s
		}
		return ""
	}
	if n < 0 {
		for ; n < -1; n++ {
			at := strings.LastIndex(s, separator)
			if at < 0 {
				return ""
			}
			s = s[:at]
		}
		if at := strings.LastIndex(s, separator); at >= 0 {
			return s[at+len(separator):]
		}
		return s
	}
	for ; n > 0; n-- {
		at := strings.Index(s, separator)
		if at < 0 {
			return ""
		}
		s = s[at+len(separator):]
	}
	if at := strings.Index(s, separator); at >= 0 {
		return s[:at]
	}
	return s
}
