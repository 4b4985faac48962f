package source

import (
	"fmt"
	"math"
	"strings"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
)

// textSink stores strings with 32-bit offsets.
type textSink struct {
	rowSink
	offsets *memory.Buffer
	ends    []int32 // ends[i+1] is where row i ends
	text    *memory.Buffer
}

func newTextSink(base rowSink) *textSink {
	s := &textSink{rowSink: base, offsets: memory.NewResizableBuffer(base.mem), text: memory.NewResizableBuffer(base.mem)}
	s.offsets.Resize(4 * (base.rows + 1))
	s.ends = arrow.Int32Traits.CastFromBytes(s.offsets.Bytes())
	s.ends[0] = 0
	return s
}

func (s *textSink) append(page parquet.Page, levels []byte) error {
	start := s.at
	present := s.mark(levels, int(page.NumRows()))
	if dictionary := page.Dictionary(); dictionary != nil {
		codes := int32Page(page)
		if len(codes) != present {
			return fmt.Errorf("a page of %d codes for %d rows that are not null", len(codes), present)
		}
		return s.gather(start, levels, dictionary, codes)
	}
	data := page.Data()
	bytes, offsets := data.ByteArray()
	if len(offsets) != present+1 && (present > 0 || len(offsets) > 1) {
		return fmt.Errorf("a page of %d texts for %d rows that are not null", len(offsets)-1, present)
	}
	base := int64(s.ends[start])
	if len(offsets) == 0 {
		offsets = []uint32{0}
	}
	first := offsets[0]
	if err := s.grow(base + int64(offsets[present]-first)); err != nil {
		return err
	}
	copy(s.text.Bytes()[base:], bytes[first:offsets[present]])
	ends, next := s.ends[start+1:s.at+1], 0
	for i := range ends {
		if len(levels) == 0 || levels[i] != 0 {
			next++
		}
		ends[i] = int32(base + int64(offsets[next]-first))
	}
	return nil
}

// gather looks codes up: first how long the text gets, then the text.
func (s *textSink) gather(start int, levels []byte, dictionary parquet.Dictionary, codes []int32) error {
	data := dictionary.Page().Data()
	bytes, offsets := data.ByteArray()
	if err := checkCodes(codes, len(offsets)-1); err != nil {
		return err
	}
	end, next := int64(s.ends[start]), 0
	ends := s.ends[start+1 : s.at+1]
	for i := range ends {
		if len(levels) == 0 || levels[i] != 0 {
			c := codes[next]
			end += int64(offsets[c+1] - offsets[c])
			next++
		}
		if end > math.MaxInt32 {
			return errTextSize
		}
		ends[i] = int32(end)
	}
	if err := s.grow(end); err != nil {
		return err
	}
	into := s.text.Bytes()[s.ends[start]:]
	for _, c := range codes {
		into = into[copy(into, bytes[offsets[c]:offsets[c+1]]):]
	}
	return nil
}

var errTextSize = fmt.Errorf("more than 2 GiB of text in a row group: write smaller row groups, or read it as a dictionary")

func (s *textSink) grow(to int64) error {
	if to > math.MaxInt32 {
		return errTextSize
	}
	if int(to) > s.text.Cap() {
		s.text.Reserve(max(int(to), 2*s.text.Cap()))
	}
	s.text.ResizeNoShrink(int(to))
	return nil
}

func (s *textSink) finish() arrow.Array {
	return s.array([]*memory.Buffer{s.offsets, s.text}, nil)
}

func (s *textSink) release() {
	s.rowSink.release()
	s.offsets.Release()
	s.text.Release()
}

// codeSink stores strings as codes of one dictionary. Pages that have none,
// which writers fall back to when a dictionary gets too large, are looked up.
type codeSink struct {
	rowSink
	values *memory.Buffer
	codes  []int32
	known  parquet.Dictionary // whose codes ours are; nil before the first page
	recode []int32            // from known's codes to ours, when they differ
	words  []string
	index  map[string]int32 // made when a word is looked up
}

func newCodeSink(base rowSink) *codeSink {
	s := &codeSink{rowSink: base, values: memory.NewResizableBuffer(base.mem)}
	s.values.Resize(4 * base.rows)
	s.codes = arrow.Int32Traits.CastFromBytes(s.values.Bytes())
	return s
}

func (s *codeSink) append(page parquet.Page, levels []byte) error {
	start := s.at
	present := s.mark(levels, int(page.NumRows()))
	var codes []int32
	if dictionary := page.Dictionary(); dictionary != nil {
		s.adopt(dictionary)
		codes = int32Page(page)
		if err := checkCodes(codes, len(s.recode)); err != nil {
			return err
		}
	} else {
		codes = s.lookUp(page)
	}
	if len(codes) != present {
		return fmt.Errorf("a page of %d texts for %d rows that are not null", len(codes), present)
	}
	s.place(s.codes[start:s.at], levels, codes, page.Dictionary() != nil)
	return nil
}

func (s *codeSink) place(out []int32, levels []byte, codes []int32, recode bool) {
	next := 0
	for i := range out {
		if len(levels) > 0 && levels[i] == 0 {
			out[i] = 0
			continue
		}
		if out[i] = codes[next]; recode {
			out[i] = s.recode[codes[next]]
		}
		next++
	}
}

// adopt makes the words of a file's dictionary ours. Codes are kept unless the
// dictionary repeats a word or ours has other words already.
func (s *codeSink) adopt(d parquet.Dictionary) {
	if s.known == d {
		return
	}
	s.known = d
	data := d.Page().Data()
	bytes, offsets := data.ByteArray()
	s.recode = make([]int32, max(len(offsets)-1, 0))
	for i := range s.recode {
		s.recode[i] = s.code(bytes[offsets[i]:offsets[i+1]])
	}
}

func (s *codeSink) lookUp(page parquet.Page) []int32 {
	data := page.Data()
	bytes, offsets := data.ByteArray()
	codes := make([]int32, max(len(offsets)-1, 0))
	for i := range codes {
		codes[i] = s.code(bytes[offsets[i]:offsets[i+1]])
	}
	return codes
}

// code returns the code of a word, a new one if need be.
func (s *codeSink) code(word []byte) int32 {
	if s.index == nil {
		s.index = map[string]int32{}
	}
	if c, ok := s.index[unsafe.String(unsafe.SliceData(word), len(word))]; ok {
		return c
	}
	kept := strings.Clone(unsafe.String(unsafe.SliceData(word), len(word)))
	c := int32(len(s.words))
	s.words = append(s.words, kept)
	s.index[kept] = c
	return c
}

func (s *codeSink) finish() arrow.Array {
	b := array.NewStringBuilder(s.mem)
	defer b.Release()
	b.AppendValues(s.words, nil)
	words := b.NewArray()
	defer words.Release()
	return s.array([]*memory.Buffer{s.values}, words.Data())
}

func (s *codeSink) release() {
	s.rowSink.release()
	s.values.Release()
}
