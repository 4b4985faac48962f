package expr

import (
	"fmt"
	"strconv"
)

// parseKernel reads texts as values. A text that does not read is an error
// that quotes it, or null if lenient.
func parseKernel(to Type, lenient bool) kernel {
	switch to {
	case Bool:
		return parseText(to, lenient, parseBool)
	case Uint8:
		return parseText(to, lenient, func(s string) (uint8, error) {
			v, err := strconv.ParseUint(s, 10, 8)
			return uint8(v), err
		})
	case Int32:
		return parseText(to, lenient, func(s string) (int32, error) {
			v, err := strconv.ParseInt(s, 10, 32)
			return int32(v), err
		})
	case Int64:
		return parseText(to, lenient, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	case Float32:
		return parseText(to, lenient, func(s string) (float32, error) {
			v, err := strconv.ParseFloat(s, 32)
			return float32(v), err
		})
	case Float64:
		return parseText(to, lenient, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
	case Date32:
		return parseText(to, lenient, func(s string) (int32, error) {
			v, err := parseTemporal(s, Date32)
			return int32(v), err
		})
	}
	return parseText(to, lenient, func(s string) (int64, error) { return parseTemporal(s, to) })
}

func parseBool(s string) (bool, error) {
	switch s {
	case "true", "True", "TRUE", "t", "1":
		return true, nil
	case "false", "False", "FALSE", "f", "0":
		return false, nil
	}
	return false, strconv.ErrSyntax
}

// parseText calls read once a text; the work of reading hides the call.
func parseText[T any](to Type, lenient bool, read func(string) (T, error)) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out := view[T](dst, m.n)
		for i, s := range a[0].text[:m.n] {
			if !dst.present(i) {
				continue
			}
			v, err := read(s)
			if err != nil && lenient {
				dst.setNull(i, m.n)
				continue
			}
			if err != nil {
				return fmt.Errorf("%w: %q is no %v, at element %d", ErrParse, s, to, m.base+i)
			}
			out[i] = v
		}
		return nil
	}
}

// formatKernel writes values as parseKernel reads them.
func formatKernel(from Type) kernel {
	switch from {
	case Bool:
		return formatText(func(dst []byte, v bool) []byte { return strconv.AppendBool(dst, v) })
	case Uint8:
		return formatText(func(dst []byte, v uint8) []byte { return strconv.AppendUint(dst, uint64(v), 10) })
	case Int32:
		return formatText(func(dst []byte, v int32) []byte { return strconv.AppendInt(dst, int64(v), 10) })
	case Int64:
		return formatText(func(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) })
	case Float32:
		return formatText(func(dst []byte, v float32) []byte { return strconv.AppendFloat(dst, float64(v), 'g', -1, 32) })
	case Float64:
		return formatText(func(dst []byte, v float64) []byte { return strconv.AppendFloat(dst, v, 'g', -1, 64) })
	case Date32:
		return formatText(func(dst []byte, v int32) []byte { return append(dst, formatTemporal(Date32, int64(v))...) })
	}
	return formatText(func(dst []byte, v int64) []byte { return append(dst, formatTemporal(from, v)...) })
}

func formatText[T any](write func(dst []byte, v T) []byte) kernel {
	var made arena
	return func(m *machine, dst *vec, a []*vec) error {
		made.reset()
		for i, v := range view[T](a[0], m.n) {
			start := len(made.bytes)
			if dst.present(i) {
				made.bytes = write(made.bytes, v)
			}
			dst.text[i] = made.since(start)
		}
		return nil
	}
}
