package expr

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// resolveText is resolve of what turns strings into other types, or the reverse,
// or takes more than strings.
func resolveText(c class, imm int64, args []Type) ([]Type, Type, bool) {
	target := Invalid
	if imm >= 0 && imm < int64(typeCount) {
		target = Type(imm)
	}
	switch c {
	case classExtract:
		operands, _, ok := all(args, String, String)
		return operands, String, ok && imm >= 0
	case classSplit:
		ok := args[0] == String && args[1] == String && args[2].Integer()
		return []Type{String, String, Int64}, String, ok
	case classTryParse:
		return args, target, args[0] == String && target.Valid() && target != String
	case classParseTime:
		operands, _, ok := all(args, String, String)
		return operands, target, ok && target.Temporal()
	case classFormatTime:
		return args, String, args[0].Temporal() && args[1] == String
	}
	return args, String, args[0].Float() && imm >= 0 && imm <= maxDigits // Fixed
}

// convertTextKernel is the kernel of these.
func convertTextKernel(in Instr, operand Type, rest []Instr) kernel {
	switch in.Op {
	case Extract:
		return textExtract(regexp.MustCompile(rest[0].Text), int(in.Imm))
	case SplitPart:
		return textSplit
	case TryParse:
		return parseKernel(in.Type, true)
	case ParseTime:
		return parseTimeKernel(in.Type, rest[0].Text)
	case FormatTime:
		layout := rest[0].Text
		if operand == Date32 {
			return formatText(func(dst []byte, v int32) []byte { return timeOf(int64(v), Date32).AppendFormat(dst, layout) })
		}
		return formatText(func(dst []byte, v int64) []byte { return timeOf(v, operand).AppendFormat(dst, layout) })
	}
	digits := int(in.Imm)
	if operand == Float32 {
		return formatText(func(dst []byte, v float32) []byte { return strconv.AppendFloat(dst, float64(v), 'f', digits, 32) })
	}
	return formatText(func(dst []byte, v float64) []byte { return strconv.AppendFloat(dst, v, 'f', digits, 64) })
}

// textSplit does not split null rows, whose numbers may be anything.
func textSplit(m *machine, dst *vec, a []*vec) error {
	numbers := view[int64](a[2], m.n)
	for i, s := range a[0].text[:m.n] {
		dst.text[i] = ""
		if dst.present(i) {
			dst.text[i] = splitPart(s, a[1].text[i], numbers[i])
		}
	}
	return nil
}

func textExtract(re *regexp.Regexp, group int) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		for i, s := range a[0].text[:m.n] {
			dst.text[i] = ""
			if !dst.present(i) {
				continue
			}
			at := re.FindStringSubmatchIndex(s)
			if at == nil || at[2*group] < 0 {
				dst.setNull(i, m.n)
				continue
			}
			dst.text[i] = s[at[2*group]:at[2*group+1]]
		}
		return nil
	}
}

// parseTimeKernel reads texts by a layout; what has a zone is turned to UTC.
func parseTimeKernel(to Type, layout string) kernel {
	read := func(s string) (int64, error) {
		at, err := time.Parse(layout, s)
		if err != nil {
			return 0, err
		}
		v, ok := temporalOf(at, to)
		if !ok {
			return 0, ErrRange
		}
		return v, nil
	}
	return func(m *machine, dst *vec, a []*vec) error {
		for i, s := range a[0].text[:m.n] {
			if !dst.present(i) {
				continue
			}
			v, err := read(s)
			if err != nil {
				return fmt.Errorf("%w: %q is no %v as in %q, at element %d: %w", ErrParse, s, to, layout, m.base+i, err)
			}
			if to == Date32 {
				view[int32](dst, m.n)[i] = int32(v)
			} else {
				view[int64](dst, m.n)[i] = v
			}
		}
		return nil
	}
}
