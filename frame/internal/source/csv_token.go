package source

import (
	"bytes"
	"errors"
	"fmt"
)

// field is where a field lies, without its quotes.
type field struct {
	start, end uint32
	quoted     bool
	escaped    bool // holds doubled quotes
}

// text returns the field's value, in scratch if quotes must be undoubled.
func (f field) text(data, scratch []byte, quote byte) []byte {
	raw := data[f.start:f.end]
	if !f.escaped {
		return raw
	}
	scratch = scratch[:0]
	for i := 0; i < len(raw); i++ {
		scratch = append(scratch, raw[i])
		if raw[i] == quote {
			i++
		}
	}
	return scratch
}

// tokenizer cuts data into records and fields after RFC 4180, with LF or CRLF.
// Empty lines are no records, unless there is but one column.
type tokenizer struct {
	data   []byte
	pos    int
	delim  byte
	quote  byte
	skip   byte // starts lines that are no records, if not 0
	one    bool // the file has one column, so that an empty line is a null
	failed int  // offset of the record that an error is about
}

var (
	errOpenQuote  = errors.New("a quoted field is not closed (a quote inside one must be doubled; if it is closed far behind, set ExactCuts)")
	errBareQuote  = errors.New(`a quote inside an unquoted field (quote the field and double the quote)`)
	errAfterQuote = errors.New("text after the closing quote of a field (a quote inside a field must be doubled)")
)

// record appends the fields of the next record to fields; nothing is appended
// at the end of the data.
func (t *tokenizer) record(fields []field) ([]field, error) {
	t.skipLines()
	t.failed = t.pos
	if t.pos >= len(t.data) {
		return fields, nil
	}
	for {
		var f field
		var err error
		if t.pos < len(t.data) && t.data[t.pos] == t.quote {
			f, err = t.quotedField()
		} else {
			f, err = t.plainField()
		}
		if err != nil {
			return fields, err
		}
		fields = append(fields, f)
		if t.pos >= len(t.data) {
			return fields, nil
		}
		ended := t.data[t.pos] == '\n'
		t.pos++
		if ended {
			return fields, nil
		}
	}
}

// skipLines passes lines that are no records: empty ones, unless there is but
// one column, and comments.
func (t *tokenizer) skipLines() {
	for t.pos < len(t.data) {
		switch {
		case t.skip != 0 && t.data[t.pos] == t.skip:
			end := bytes.IndexByte(t.data[t.pos:], '\n')
			if end < 0 {
				end = len(t.data) - t.pos - 1
			}
			t.pos += end + 1
		case t.one:
			return
		case t.data[t.pos] == '\n':
			t.pos++
		case t.data[t.pos] == '\r' && t.pos+1 < len(t.data) && t.data[t.pos+1] == '\n':
			t.pos += 2
		default:
			return
		}
	}
}

// plainField leaves pos at the delimiter or newline, or at the end.
func (t *tokenizer) plainField() (field, error) {
	data, at := t.data, t.pos
	for at < len(data) {
		c := data[at]
		if c == t.delim || c == '\n' {
			break
		}
		if c == t.quote {
			return field{}, errBareQuote
		}
		at++
	}
	end := at
	if (at == len(data) || data[at] == '\n') && end > t.pos && data[end-1] == '\r' {
		end--
	}
	f := field{start: uint32(t.pos), end: uint32(end)}
	t.pos = at
	return f, nil
}

// quotedField begins at the opening quote and leaves pos as plainField does.
func (t *tokenizer) quotedField() (field, error) {
	f := field{start: uint32(t.pos + 1), quoted: true}
	at := t.pos + 1
	for {
		next := bytes.IndexByte(t.data[at:], t.quote)
		if next < 0 {
			return f, errOpenQuote
		}
		at += next + 1
		if at >= len(t.data) || t.data[at] != t.quote {
			break
		}
		f.escaped = true
		at++
	}
	f.end = uint32(at - 1)
	if at < len(t.data) && t.data[at] == '\r' && (at+1 == len(t.data) || t.data[at+1] == '\n') {
		at++
	}
	if at < len(t.data) && t.data[at] != t.delim && t.data[at] != '\n' {
		return f, errAfterQuote
	}
	t.pos = at
	return f, nil
}

func raggedError(have, want int) error {
	return fmt.Errorf("the record has %d fields, the file %d columns", have, want)
}
