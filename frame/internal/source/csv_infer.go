package source

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

// guess narrows down what the values of a column can be.
type guess struct {
	seen                                        bool // a value that is not null
	notBool, notInt, notFloat, notDate, notTime bool
	nanos                                       bool // a time finer than a microsecond
}

func (g *guess) observe(b []byte, comma bool) {
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
		_, ok := parseFloat(b, 64, comma)
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

// sample shows records of the head and of some places in the file, or all
// records, to the guesses.
func (c *CSV) sample(guesses []guess) error {
	size := int64(c.opts.SampleBytes)
	if size <= 0 {
		size = DefaultSampleBytes
	}
	if c.opts.InferAll {
		return c.sampleAll(guesses)
	}
	head, all, err := c.sampleHead(size)
	if err != nil {
		return err
	}
	c.quotes = bytes.IndexByte(head, c.quote) >= 0
	if err := c.observe(head, c.body, guesses); err != nil {
		return err
	}
	if all || c.quotes || c.codec != plainText || c.opts.SampleBytes > 0 {
		return nil
	}
	return c.samplePlaces(guesses)
}

// samplePlaces shows lines of places in the rest of the file to the guesses. A
// place at which something is not a record may be inside quotes: it counts for
// nothing, and whoever reads it will say what is wrong.
func (c *CSV) samplePlaces(guesses []guess) error {
	const places, size = 16, 8 << 10
	var text []byte
	for i := range int64(places) {
		at := c.body + (c.file.Size-c.body)/places*i
		var err error
		if text, err = c.readInto(text, at, min(at+size, c.file.Size)); err != nil {
			return err
		}
		start, end := bytes.IndexByte(text, '\n')+1, bytes.LastIndexByte(text, '\n')+1
		if start >= end || bytes.IndexByte(text, c.quote) >= 0 {
			continue
		}
		trial := slices.Clone(guesses)
		if c.observe(text[start:end], at+int64(start), trial) == nil {
			copy(guesses, trial)
		}
	}
	return nil
}

func (c *CSV) sampleAll(guesses []guess) error {
	c.quotes = true
	in, err := c.stream(c.body, endless)
	if err != nil {
		return err
	}
	defer in.Close()
	text := newCSVText(c, in, c.body)
	defer text.free()
	for taken := 0; !text.ended; {
		if _, _, err := text.next(taken); err != nil {
			return fmt.Errorf("source: cannot read %s: %w", c.file.Path, err)
		}
		chunk := text.text()
		if taken = len(chunk); !text.ended {
			taken = wholeRecords(chunk, c.quote)
		}
		if err := c.observe(chunk[:taken], text.start, guesses); err != nil {
			return err
		}
	}
	return nil
}

// sampleHead returns whole records of about size bytes, and whether they are
// the whole file.
func (c *CSV) sampleHead(size int64) (head []byte, all bool, err error) {
	for size = max(size, 4<<10); ; size *= 2 {
		head, all, err := c.head(c.body, size)
		if err != nil || all {
			return head, all, err
		}
		if whole := wholeRecords(head, c.quote); whole > 0 {
			return head[:whole], false, nil
		}
	}
}

// wholeRecords returns the end of the last newline outside quotes.
func wholeRecords(text []byte, quote byte) (end int) {
	if bytes.IndexByte(text, quote) < 0 {
		return bytes.LastIndexByte(text, '\n') + 1
	}
	inside := false
	for i, b := range text {
		if b == quote {
			inside = !inside
		} else if b == '\n' && !inside {
			end = i + 1
		}
	}
	return end
}

// observe shows the records of a text that starts at an offset to the guesses.
func (c *CSV) observe(data []byte, offset int64, guesses []guess) error {
	tokens := c.tokenizer(data, len(guesses) == 1)
	var fields []field
	var scratch []byte
	for {
		var err error
		if fields, err = tokens.record(fields[:0]); err != nil {
			return c.at(err, offset+int64(tokens.failed))
		}
		if len(fields) == 0 {
			return nil
		}
		if len(fields) > len(guesses) || len(fields) < len(guesses) && !c.opts.Ragged {
			return c.at(raggedError(len(fields), len(guesses)), offset+int64(tokens.failed))
		}
		for i, f := range fields {
			if text := f.text(data, scratch, c.quote); f.quoted || !c.isNull(text) {
				guesses[i].observe(text, c.opts.DecimalComma)
			}
		}
	}
}

// isNull reports whether an unquoted text stands for null.
func (c *CSV) isNull(text []byte) bool {
	if c.nullLengths>>min(len(text), 63)&1 == 0 {
		return false
	}
	for _, null := range c.nulls {
		if string(text) == null {
			return true
		}
	}
	return false
}
