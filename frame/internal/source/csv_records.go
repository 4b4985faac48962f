package source

import (
	"bytes"
	"errors"
)

// csvRecords are the records of a chunk, as columns see them. Field f of record
// i lies between marks[i*stride+f], which is not of it, and marks[i*stride+f+1].
// One that is missing ends before it starts.
type csvRecords struct {
	csv    *CSV
	buf    []byte // marks are places in it
	marks  []uint32
	stride int
	rows   int
	quoted bool // some field may be quoted
	left   int  // bytes of the range from the chunk on, 0 if nobody knows
}

// field returns the text of a field without quotes, which may lie in scratch.
func (r *csvRecords) field(row, number int, scratch []byte) (text []byte, null bool) {
	at := row*r.stride + number
	start, end := int(r.marks[at])+1, int(r.marks[at+1])
	if end < start {
		return nil, true
	}
	text = r.buf[start:end]
	if r.quoted && len(text) > 1 && text[0] == r.csv.quote {
		return field{start: uint32(start + 1), end: uint32(end - 1), escaped: true}.text(r.buf, scratch, r.csv.quote), false
	}
	return text, r.csv.isNull(text)
}

// slice returns n records from the first-th on.
func (r *csvRecords) slice(first, n int) csvRecords {
	part := *r
	part.rows = n
	part.marks = r.marks[first*r.stride : (first+n)*r.stride+1]
	return part
}

// lay arranges the marks of a chunk as records. It returns how many bytes of
// the chunk they are.
func (r *csvRecords) lay(t *csvText, found, newlines int) (taken int, err error) {
	r.buf = t.buf
	width := r.csv.schema.NumFields()
	if r.quoted = t.find.Quoted(); r.quoted && r.csv.opts.Comment != 0 {
		hideComments(t.text(), r.csv.opts.Comment, r.csv.quote)
		if found, newlines, err = t.mark(); err != nil {
			return 0, err
		}
	}
	if !r.quoted && r.csv.opts.Comment == 0 && regular(t, newlines, found, width) {
		r.marks, r.stride, r.rows = t.marks[:newlines*width+1], width, newlines
		return int(t.marks[newlines*width]) + 1 - csvPad, nil
	}
	w := recordWalk{r: r, t: t, marks: t.marks[1 : found+1], start: csvPad}
	return w.run(width)
}

// regular reports whether every newline ends a record of width fields, and
// nothing but the newline is to be taken off the last one.
func regular(t *csvText, rows, found, width int) bool {
	if rows*width > found {
		return false
	}
	for i := width; i <= rows*width; i += width {
		at := t.marks[i]
		if t.buf[at] != '\n' || t.buf[at-1] == '\r' {
			return false
		}
	}
	return true
}

// recordWalk lays out records that are not all alike, one by one.
type recordWalk struct {
	r     *csvRecords
	t     *csvText
	marks []uint32 // that are left
	start uint32   // where the next record starts
}

func (w *recordWalk) run(width int) (taken int, err error) {
	laid, rows := w.t.laid[:0], 0
	for {
		n := w.record()
		if n == 0 {
			break
		}
		fields := w.marks[:n]
		last := w.lastEnd(fields[n-1])
		switch {
		case width > 1 && n == 1 && last == w.start, w.comment():
		case n > width || n < width && !w.r.csv.opts.Ragged:
			return 0, w.fail(raggedError(n, width))
		default:
			laid = append(append(append(laid, w.start-1), fields[:n-1]...), last)
			if w.r.quoted {
				if err := w.check(laid[len(laid)-n-1:]); err != nil {
					return 0, err
				}
			}
			for ; n < width; n++ {
				laid = append(laid, last)
			}
			rows++
		}
		w.start, w.marks = fields[len(fields)-1]+1, w.marks[len(fields):]
	}
	if w.t.find.Inside() && (w.t.ended || rows == 0) {
		if err := w.unfinished(); w.t.ended || !errors.Is(err, errOpenQuote) {
			return 0, w.fail(err)
		}
	}
	w.t.laid = laid
	w.r.marks, w.r.stride, w.r.rows = laid, width+1, rows
	if rows > 0 { // slice takes one mark more than the records have
		w.r.marks = append(laid, 0)
	}
	return int(w.start) - csvPad, nil
}

// record returns how many marks the next record has, 0 if it is not whole.
func (w *recordWalk) record() int {
	for i, at := range w.marks {
		if w.t.buf[at] == '\n' {
			return i + 1
		}
	}
	return 0
}

func (w *recordWalk) comment() bool {
	c := w.r.csv.opts.Comment
	return c != 0 && w.t.buf[w.start] == c
}

// lastEnd takes the carriage return of a CRLF off.
func (w *recordWalk) lastEnd(newline uint32) uint32 {
	if newline > w.start && w.t.buf[newline-1] == '\r' {
		return newline - 1
	}
	return newline
}

// check refuses quotes in a record that do not enclose fields.
func (w *recordWalk) check(marks []uint32) error {
	quote, last := w.r.csv.quote, len(marks)-1
	if bytes.IndexByte(w.t.buf[marks[0]+1:marks[last]], quote) < 0 {
		return nil
	}
	for i := range last {
		if err := checkField(w.t.buf[marks[i]+1:marks[i+1]], quote); err != nil {
			return w.fail(err)
		}
	}
	return nil
}

func checkField(text []byte, quote byte) error {
	if len(text) == 0 || text[0] != quote {
		if bytes.IndexByte(text, quote) >= 0 {
			return errBareQuote
		}
		return nil
	}
	for at := 1; ; at += 2 {
		next := bytes.IndexByte(text[at:], quote)
		if next < 0 {
			return errOpenQuote
		}
		if at += next; at == len(text)-1 {
			return nil
		}
		if text[at+1] != quote {
			return errAfterQuote
		}
	}
}

// unfinished says what is wrong with a record that ends inside quotes, if
// nothing follows.
func (w *recordWalk) unfinished() error {
	start := w.start
	for _, at := range w.marks {
		if err := checkField(w.t.buf[start:at], w.r.csv.quote); err != nil {
			return err
		}
		start = at + 1
	}
	if err := checkField(w.t.buf[start:w.t.used], w.r.csv.quote); err != nil {
		return err
	}
	return errOpenQuote
}

func (w *recordWalk) fail(err error) error {
	return w.r.csv.at(err, w.t.start+int64(w.start)-csvPad)
}
