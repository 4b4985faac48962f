package source

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// codec is how a text file is compressed, as its first bytes tell.
type codec byte

const (
	plainText codec = iota
	gzipped
	zstded
)

// endless is the end of a range of a compressed file, whose text is of a length
// that nobody knows.
const endless = 1 << 62

func codecOf(head []byte) codec {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}):
		return gzipped
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstded
	}
	return plainText
}

// stream returns the text from start to end. Offsets are those of the text: in
// a compressed file what comes before is decompressed as well.
func (c *CSV) stream(start, end int64) (io.ReadCloser, error) {
	whole := io.NewSectionReader(c.file, 0, c.file.Size)
	if c.codec == plainText {
		return io.NopCloser(io.NewSectionReader(c.file, start, min(end, c.file.Size)-start)), nil
	}
	text, err := c.decompress(whole)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, c.file.Path, err)
	}
	if _, err := io.CopyN(io.Discard, text, start); err != nil {
		text.Close()
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, c.file.Path, err)
	}
	return text, nil
}

func (c *CSV) decompress(in io.Reader) (io.ReadCloser, error) {
	in = bufio.NewReaderSize(in, 256<<10)
	if c.codec == gzipped {
		return gzip.NewReader(in)
	}
	d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// Bytes says how much text is in a range, or guesses it of a compressed file.
func (c *CSV) Bytes(r Range) int64 {
	const ratio = 4
	if r.End == endless {
		return ratio * c.file.Size
	}
	return r.End - r.Start
}

// head returns the first bytes of the text from an offset on, and whether they
// are all there are.
func (c *CSV) head(start, size int64) (text []byte, all bool, err error) {
	in, err := c.stream(start, endless)
	if err != nil {
		return nil, false, err
	}
	defer in.Close()
	var b bytes.Buffer
	n, err := io.CopyN(&b, in, size)
	if err != nil && err != io.EOF {
		return nil, false, fmt.Errorf("source: cannot read %s: %w", c.file.Path, err)
	}
	return b.Bytes(), n < size || c.codec == plainText && start+n == c.file.Size, nil
}

// lineAt returns the number of the line, from 1, in which an offset lies. It
// reads the text up to there: that is for messages.
func (c *CSV) lineAt(offset int64) (line int64) {
	in, err := c.stream(0, endless)
	if err != nil {
		return 0
	}
	defer in.Close()
	count := &lineCounter{}
	_, _ = io.CopyN(count, in, offset) // what was read was readable a moment ago
	return count.lines + 1
}

type lineCounter struct{ lines int64 }

func (l *lineCounter) Write(b []byte) (int, error) {
	l.lines += int64(bytes.Count(b, []byte{'\n'}))
	return len(b), nil
}
