package source

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// Range is a run of whole records: what one task reads.
type Range struct {
	Start, End int64 // offsets in the text
}

// cutWindow is how far behind the wanted place the end of a line is looked for,
// before the file is read whole.
const cutWindow = 64 << 10

// Ranges cuts the records of the file into ranges of about target bytes. Where
// no quote is in the head of the file nor near the places to cut at, newlines
// there are taken to end records; what reads a range checks it. Otherwise, or
// with ExactCuts, the file is read once, at the speed of memory, to know which
// newlines are quoted. A compressed file is one range.
func (c *CSV) Ranges(target int64) ([]Range, error) {
	if c.codec != plainText {
		return []Range{{c.body, endless}}, nil
	}
	target = max(target, 1)
	wanted := cutsEvery(c.body, c.file.Size, target)
	cuts, sure, err := c.cutsNearby(wanted)
	if err != nil {
		return nil, err
	}
	if !sure && c.opts.Comment != 0 {
		cuts = nil // quotes in comments count for nothing: only who reads all knows
	} else if !sure {
		if cuts, err = c.cutsExact(wanted); err != nil {
			return nil, err
		}
	}
	return between(c.body, c.file.Size, cuts), nil
}

func cutsEvery(start, end, step int64) (places []int64) {
	for at := start + step; at < end; at += step {
		places = append(places, at)
	}
	return places
}

// between returns the ranges between cuts, which are in order.
func between(start, end int64, cuts []int64) (ranges []Range) {
	for _, cut := range append(cuts, end) {
		if cut > start {
			ranges = append(ranges, Range{start, cut})
			start = cut
		}
	}
	return ranges
}

// cutsNearby returns the ends of the lines behind the wanted places, and false
// if some quote makes them doubtful.
func (c *CSV) cutsNearby(wanted []int64) (cuts []int64, sure bool, err error) {
	if c.quotes || c.opts.ExactCuts {
		return nil, false, nil
	}
	var window []byte
	for _, at := range wanted {
		before := max(c.body, at-cutWindow)
		if window, err = c.readInto(window, before, min(at+cutWindow, c.file.Size)); err != nil {
			return nil, false, err
		}
		if bytes.IndexByte(window, c.quote) >= 0 {
			return nil, false, nil
		}
		newline := bytes.IndexByte(window[at-1-before:], '\n') // one just before ends a record
		if newline < 0 {
			return nil, false, nil
		}
		cuts = append(cuts, at+int64(newline))
	}
	return cuts, true, nil
}

// cutsExact counts the quotes before each wanted place, and returns the ends of
// the records in which these lie.
func (c *CSV) cutsExact(wanted []int64) ([]int64, error) {
	quotes, errs := make([]int, len(wanted)+1), make([]error, len(wanted)+1)
	next := make(chan int)
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := range next {
				quotes[i], errs[i] = c.countQuotes(bound(c, wanted, i-1), bound(c, wanted, i))
			}
		})
	}
	for i := range quotes {
		next <- i
	}
	close(next)
	all.Wait()
	var cuts []int64
	before := 0
	for i, at := range wanted {
		if errs[i] != nil {
			return nil, errs[i]
		}
		before += quotes[i]
		cut, err := c.recordEndAfter(at, before%2 != 0)
		if err != nil {
			return nil, err
		}
		cuts = append(cuts, cut)
	}
	return cuts, nil
}

// bound is the i-th of the wanted places, or the start or end of the records.
func bound(c *CSV, wanted []int64, i int) int64 {
	switch {
	case i < 0:
		return c.body
	case i == len(wanted):
		return c.file.Size
	}
	return wanted[i]
}

func (c *CSV) countQuotes(start, end int64) (n int, err error) {
	chunk := make([]byte, 0, min(end-start, 1<<20))
	for at := start; at < end; at += int64(len(chunk)) {
		if chunk, err = c.readInto(chunk, at, min(at+1<<20, end)); err != nil {
			return 0, err
		}
		n += bytes.Count(chunk, []byte{c.quote})
	}
	return n, nil
}

// recordEndAfter returns the end of the record that an offset lies in, given
// whether what is at the offset is inside quotes.
func (c *CSV) recordEndAfter(offset int64, inside bool) (int64, error) {
	if !inside {
		last, err := c.read(offset-1, offset)
		if err != nil || last[0] == '\n' {
			return offset, err
		}
	}
	in := io.NewSectionReader(c.file, offset, c.file.Size-offset)
	chunk := make([]byte, 16<<10)
	for {
		n, err := in.Read(chunk)
		for i, b := range chunk[:n] {
			if b == c.quote {
				inside = !inside
			} else if b == '\n' && !inside {
				return offset + int64(i) + 1, nil
			}
		}
		offset += int64(n)
		if err == io.EOF {
			return c.file.Size, nil
		}
		if err != nil {
			return 0, fmt.Errorf("source: cannot read %s: %w", c.file.Path, err)
		}
	}
}
