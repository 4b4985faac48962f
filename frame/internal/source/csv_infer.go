package source

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

// guess narrows down what the values of a column can be.
type guess struct {
	seen                                        bool // a value that is not null
	notBool, notInt, notFloat, notDate, notTime bool
	nanos                                       bool // a time finer than a microsecond
}

func (g *guess) observe(b []byte) {
	g.seen = true
	if !g.notBool {
		_, ok := parseBool(b)
		g.notBool = !ok
	}
	if !g.notInt {
		_, ok := parseInt(b)
		g.notInt = !ok
	}
	if g.notInt && !g.notFloat {
		_, ok := parseFloat(b)
		g.notFloat = !ok
	}
	if !g.notDate {
		_, ok := parseDate(b)
		g.notDate = !ok
	}
	if g.notDate && !g.notTime {
		_, nanos, ok := parseTime(b)
		g.notTime = !ok
		g.nanos = g.nanos || ok && nanos%1000 != 0
	}
}

// arrow returns the narrowest type; a column without values is of strings.
func (g *guess) arrow() arrow.DataType {
	switch {
	case !g.seen:
	case !g.notBool:
		return arrow.FixedWidthTypes.Boolean
	case !g.notInt:
		return arrow.PrimitiveTypes.Int64
	case !g.notFloat:
		return arrow.PrimitiveTypes.Float64
	case !g.notDate:
		return arrow.FixedWidthTypes.Date32
	case !g.notTime && g.nanos:
		return &arrow.TimestampType{Unit: arrow.Nanosecond}
	case !g.notTime:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	}
	return arrow.BinaryTypes.String
}

// infer sets the schema from Types and a sample.
func (c *CSV) infer(names []string) error {
	guesses := make([]guess, len(names))
	if err := c.sample(guesses); err != nil {
		return err
	}
	fields := make([]arrow.Field, len(names))
	asked := 0
	for i, name := range names {
		fields[i] = arrow.Field{Name: name, Type: guesses[i].arrow(), Nullable: true}
		if t, ok := c.opts.Types[name]; ok {
			if !csvReadable(t) {
				return fmt.Errorf("%w: %s: column %q cannot be read as %v", ErrColumn, c.file.Path, name, t)
			}
			fields[i].Type = t
			asked++
		}
	}
	c.schema = arrow.NewSchema(fields, nil)
	if asked != len(c.opts.Types) {
		for name := range c.opts.Types {
			if !c.schema.HasField(name) {
				return fmt.Errorf("%w: %s: a type is given for %q, which is none of %s", ErrColumn, c.file.Path, name, strings.Join(names, ", "))
			}
		}
	}
	return nil
}

// sample shows the records of the head, or of the whole file, to the guesses.
func (c *CSV) sample(guesses []guess) error {
	size := int64(c.opts.SampleBytes)
	if size <= 0 {
		size = DefaultSampleBytes
	}
	if !c.opts.InferAll {
		head, err := c.sampleHead(size)
		if err != nil {
			return err
		}
		return c.observe(head, c.line, guesses)
	}
	ranges, err := c.Ranges(8 << 20)
	if err != nil {
		return err
	}
	for _, r := range ranges {
		data, err := c.read(r.Start, r.End)
		if err != nil {
			return err
		}
		if err := c.observe(data, r.Line, guesses); err != nil {
			return err
		}
	}
	return nil
}

// sampleHead returns whole records of about size bytes.
func (c *CSV) sampleHead(size int64) ([]byte, error) {
	for ; ; size *= 2 {
		end := min(c.body+size, c.file.Size)
		head, err := c.read(c.body, end)
		if err != nil || end == c.file.Size {
			return head, err
		}
		whole := 0
		for next := recordEnd(head, 0); next >= 0; next = recordEnd(head, whole) {
			whole = next
		}
		if whole > 0 {
			return head[:whole], nil
		}
	}
}

func (c *CSV) observe(data []byte, line int64, guesses []guess) error {
	tokens := &tokenizer{data: data, delim: c.delim, one: len(guesses) == 1}
	var fields []field
	var scratch []byte
	for {
		var err error
		if fields, err = tokens.record(fields[:0]); err != nil {
			return c.at(err, data, tokens.failed, line)
		}
		if len(fields) == 0 {
			return nil
		}
		if len(fields) > len(guesses) || len(fields) < len(guesses) && !c.opts.Ragged {
			return c.at(raggedError(len(fields), len(guesses)), data, tokens.failed, line)
		}
		for i, f := range fields {
			if text := f.text(data, scratch); !c.isNull(f, text) {
				guesses[i].observe(text)
			}
		}
	}
}

// isNull reports whether an unquoted text stands for null.
func (c *CSV) isNull(f field, text []byte) bool {
	if f.quoted {
		return false
	}
	for _, null := range c.nulls {
		if string(text) == null {
			return true
		}
	}
	return false
}
