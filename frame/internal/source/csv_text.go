package source

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/ashlar-go/ashlar/kernels/marks"
)

// csvChunk is how much text is read at a time: few enough bytes that they, and
// the places of their marks, are in the cache when the columns are parsed.
const csvChunk = 128 << 10

// csvPad is how many bytes before and behind the text may be read: a number is
// loaded as the words that end where it does.
const csvPad = 64

// maxRecord bounds a record: places in a chunk are 32 bits, and a file without
// newlines must not be taken into memory whole.
const maxRecord = 1 << 30

// csvText is the text of a range, a chunk of whole records at a time. Its
// memory is lent by a pool: the columns keep nothing of it.
type csvText struct {
	in    io.Reader
	start int64 // offset in the file of the first byte of the chunk
	ended bool  // nothing follows the chunk
	total int64 // bytes read

	buf   []byte   // pad, chunk, pad
	used  int      // where the chunk ends in buf
	marks []uint32 // of the chunk: the place before its first byte, then those of delimiters and newlines
	laid  []uint32 // see csvRecords.lay
	find  marks.Finder
}

var csvTexts = sync.Pool{New: func() any { return &csvText{} }}

func newCSVText(c *CSV, in io.Reader, start int64) *csvText {
	t := csvTexts.Get().(*csvText)
	t.in, t.start, t.ended, t.total, t.used = in, start, false, 0, csvPad
	t.find = marks.NewFinder(c.delim, c.quote)
	if t.buf == nil {
		t.resize(csvChunk)
	}
	return t
}

// free gives the memory back, but for what one long record took.
func (t *csvText) free() {
	if t.in = nil; len(t.buf) <= 4*csvChunk {
		csvTexts.Put(t)
	}
}

// resize makes room for a chunk of n bytes, a multiple of a block.
func (t *csvText) resize(n int) {
	buf := make([]byte, csvPad+n+marks.Block+csvPad)
	copy(buf[csvPad:], t.text())
	t.buf = buf
	t.marks = make([]uint32, 1+n+marks.Block+marks.Behind)
}

func (t *csvText) text() []byte {
	if t.buf == nil {
		return nil
	}
	return t.buf[csvPad:t.used]
}

// next drops the first n bytes of the chunk and reads on. It returns the
// number of marks and of newlines among them.
func (t *csvText) next(n int) (found, newlines int, err error) {
	t.used = csvPad + copy(t.buf[csvPad:], t.buf[csvPad+n:t.used])
	t.start += int64(n)
	room := len(t.buf) - csvPad - marks.Block - csvPad
	if len(t.text()) > room/2 {
		if 2*room > maxRecord {
			return 0, 0, fmt.Errorf("a record of more than %d bytes", maxRecord/2)
		}
		t.resize(2 * room)
		room *= 2
	}
	if err := t.read(csvPad + room); err != nil {
		return 0, 0, err
	}
	return t.mark()
}

// read fills buf up to an end. That of the text is io.EOF and nothing else:
// what is cut short has other errors.
func (t *csvText) read(end int) error {
	for t.used < end {
		n, err := t.in.Read(t.buf[t.used:end])
		t.used += n
		t.total += int64(n)
		if err == io.EOF {
			t.ended = true
			if text := t.text(); len(text) > 0 && text[len(text)-1] != '\n' {
				t.buf[t.used] = '\n' // so that the last record ends like the others
				t.used++
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mark finds the marks of the chunk.
func (t *csvText) mark() (found, newlines int, err error) {
	t.find.Start(false)
	t.marks[0] = csvPad - 1
	whole := (t.used - csvPad + marks.Block - 1) / marks.Block * marks.Block
	clear(t.buf[t.used : csvPad+whole]) // bytes of an earlier chunk are no marks
	found = t.find.Find(t.buf[csvPad:csvPad+whole], csvPad, t.marks[1:])
	return found, t.find.Newlines(), nil
}

// hideComments blanks the quotes of lines that start with the comment byte,
// outside quotes, so that they do not turn anything over.
func hideComments(text []byte, comment, quote byte) {
	inside, start := false, true
	for i, c := range text {
		switch {
		case start && !inside && c == comment:
			end := bytes.IndexByte(text[i:], '\n')
			if end < 0 {
				end = len(text) - i
			}
			blank(text[i+1:i+end], quote)
		case c == quote:
			inside = !inside
		}
		start = c == '\n'
	}
}

func blank(text []byte, quote byte) {
	for i, c := range text {
		if c == quote {
			text[i] = ' '
		}
	}
}
