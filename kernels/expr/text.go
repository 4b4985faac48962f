package expr

import (
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// arena holds the texts that a kernel makes in one batch. When it grows, older
// texts keep the memory they were cut from.
type arena struct{ bytes []byte }

func (a *arena) reset() { a.bytes = a.bytes[:0] }

// since returns what was appended after start, without a copy.
func (a *arena) since(start int) string {
	made := a.bytes[start:]
	return unsafe.String(unsafe.SliceData(made), len(made))
}

// textKernel returns the kernels over strings; rest are the instructions of
// the operands after the first.
func textKernel(op Op, rest []Instr) kernel {
	switch op {
	case Contains:
		return textTest(func(dst []bool, x, y []string) {
			for i := range dst {
				dst[i] = strings.Contains(x[i], y[i])
			}
		})
	case StartsWith:
		return textTest(func(dst []bool, x, y []string) {
			for i := range dst {
				dst[i] = strings.HasPrefix(x[i], y[i])
			}
		})
	case EndsWith:
		return textTest(func(dst []bool, x, y []string) {
			for i := range dst {
				dst[i] = strings.HasSuffix(x[i], y[i])
			}
		})
	case Like:
		match := parseLike(rest[0].Text)
		return textTest(func(dst []bool, x, _ []string) {
			for i := range dst {
				dst[i] = match.matches(x[i])
			}
		})
	case Lower:
		return textMap(appendLower)
	case Upper:
		return textMap(appendUpper)
	case Length:
		return textLength
	case Substring:
		return textSubstring
	case Concat:
		return textConcat()
	}
	return editKernel(op, rest)
}

func textTest(loop func(dst []bool, x, y []string)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		loop(view[bool](dst, m.n), a[0].text[:m.n], a[1].text[:m.n])
		return nil
	}
}

func textMap(write func(dst []byte, s string) []byte) kernel {
	var made arena
	return func(m *machine, dst *vec, a []*vec) error {
		made.reset()
		for i, s := range a[0].text[:m.n] {
			start := len(made.bytes)
			made.bytes = write(made.bytes, s)
			dst.text[i] = made.since(start)
		}
		return nil
	}
}

func appendLower(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return appendCase(dst, s[i:], unicode.ToLower)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendUpper(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return appendCase(dst, s[i:], unicode.ToUpper)
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// appendCase maps each character; bytes that are no UTF-8 stay.
func appendCase(dst []byte, s string, to func(rune) rune) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, s[0])
		} else {
			dst = utf8.AppendRune(dst, to(r))
		}
		s = s[n:]
	}
	return dst
}

func textLength(m *machine, dst *vec, a []*vec) error {
	out := view[int64](dst, m.n)
	for i, s := range a[0].text[:m.n] {
		out[i] = int64(utf8.RuneCountInString(s))
	}
	return nil
}

func textSubstring(m *machine, dst *vec, a []*vec) error {
	starts, lengths := view[int64](a[1], m.n), view[int64](a[2], m.n)
	for i, s := range a[0].text[:m.n] {
		dst.text[i] = substring(s, starts[i], lengths[i])
	}
	return nil
}

// substring returns up to length characters of s from character start; a
// negative start counts from the end, and what reaches over an end is cut.
func substring(s string, start, length int64) string {
	if start < 0 {
		start += int64(utf8.RuneCountInString(s))
		if start < 0 {
			length += start // starts before the text
			start = 0
		}
	}
	if length <= 0 {
		return ""
	}
	from := runeOffset(s, start)
	return s[from : from+runeOffset(s[from:], length)]
}

// runeOffset returns the byte offset of character n, at most len(s).
func runeOffset(s string, n int64) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func textConcat() kernel {
	var made arena
	return func(m *machine, dst *vec, a []*vec) error {
		made.reset()
		for i := range m.n {
			start := len(made.bytes)
			for _, part := range a {
				made.bytes = append(made.bytes, part.text[i]...)
			}
			dst.text[i] = made.since(start)
		}
		return nil
	}
}
