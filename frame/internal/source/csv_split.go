package source

import "bytes"

// Range is a run of whole records: what one task reads.
type Range struct {
	Start, End int64 // offsets in the file
	Line       int64 // number of its first line, from 1
}

// maxRange bounds a range: fields are 32-bit offsets into it.
const maxRange = 1 << 30

// Ranges cuts the records of the file into ranges of about target bytes. It
// reads the file once, at the speed of memory, to know which newlines are
// quoted; it is exact for every file that ReadRange accepts.
func (c *CSV) Ranges(target int64) ([]Range, error) {
	target = min(max(target, 1), maxRange/2)
	const step = 1 << 20
	var ranges []Range
	open := Range{Start: c.body, Line: c.line}
	lines, quoted := c.line, false
	var chunk []byte
	for at := c.body; at < c.file.Size; {
		var err error
		if chunk, err = c.readInto(chunk, at, min(at+step, c.file.Size)); err != nil {
			return nil, err
		}
		for from := 0; from < len(chunk); {
			end, inside := endOutside(chunk, from, max(open.Start+target-at-1, int64(from)), quoted)
			quoted = inside
			lines += int64(bytes.Count(chunk[from:end], []byte{'\n'}))
			from = end
			if offset := at + int64(end); !quoted && chunk[end-1] == '\n' && offset-open.Start >= target {
				open.End = offset
				ranges = append(ranges, open)
				open = Range{Start: offset, Line: lines}
			}
		}
		at += int64(len(chunk))
	}
	if open.Start < c.file.Size {
		open.End = c.file.Size
		ranges = append(ranges, open)
	}
	return ranges, nil
}

// endOutside scans chunk from an offset and returns the offset after the first
// newline outside quotes that is at or after `least`, or the end of the chunk,
// and whether that place is inside quotes.
func endOutside(chunk []byte, from int, least int64, quoted bool) (end int, inside bool) {
	for from < len(chunk) {
		if quoted {
			closing := bytes.IndexByte(chunk[from:], '"')
			if closing < 0 {
				return len(chunk), true
			}
			from, quoted = from+closing+1, false
			continue
		}
		opening := bytes.IndexByte(chunk[from:], '"')
		stop := len(chunk)
		if opening >= 0 {
			stop = from + opening
		}
		if search := max(int64(from), least); search < int64(stop) {
			if newline := bytes.IndexByte(chunk[search:stop], '\n'); newline >= 0 {
				return int(search) + newline + 1, false
			}
		}
		if opening < 0 {
			return len(chunk), false
		}
		from, quoted = stop+1, true
	}
	return len(chunk), quoted
}
