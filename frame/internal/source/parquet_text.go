package source

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go/format"
)

// textSink stores strings with 32-bit offsets.
type textSink struct {
	validity
	words
	entries *words // the dictionary
}

func (s *textSink) slots() int { return s.at() }

func (s *textSink) at() int { return s.validity.at }

func (s *textSink) reserve(slots int) error {
	s.words.mem = s.validity.mem
	if err := s.words.reserve(slots); err != nil {
		return err
	}
	return s.validity.reserve(slots)
}

func (s *textSink) dictionary(p *page) (err error) {
	s.entries = &words{mem: s.validity.mem}
	return readDictionary(s.entries, p)
}

// readDictionary reads all texts of a page. How many there are, the page must
// have bytes for.
func readDictionary(w *words, p *page) error {
	if p.values > len(p.data)/4 {
		return errPageCut
	}
	if err := w.reserve(p.values); err != nil {
		return err
	}
	return w.plain(p.data, p.values)
}

func (s *textSink) append(p *page, codes *[]int32, there presence, n int) error {
	first := s.words.n
	present, err := s.mark(there, n)
	if err != nil {
		return err
	}
	if p.encoding == format.RLEDictionary || p.encoding == plainDictionary {
		err = s.gather(p, codes, present)
	} else {
		err = s.read(p, present)
	}
	if err != nil {
		return err
	}
	if present < n {
		stretch(s.ends[first:first+n+1], there, present)
		s.words.n = first + n
	}
	return nil
}

// gather appends n texts of the dictionary.
func (s *textSink) gather(p *page, codes *[]int32, n int) error {
	if s.entries == nil {
		return errCode
	}
	entries, from := s.entries, unsafe.Pointer(unsafe.SliceData(s.entries.text.Buf()))
	return eachCodes(p, codes, n, entries.n, func(_ int, codes []int32, _ uint32) error {
		size := 0
		for _, c := range codes {
			size += int(entries.ends[c+1] - entries.ends[c])
		}
		if err := s.grow(size); err != nil {
			return err
		}
		text, end := unsafe.Pointer(unsafe.SliceData(s.text.Buf())), s.used()
		ends := s.ends[s.words.n+1 : s.words.n+1+len(codes)]
		for i, c := range codes {
			start := int(entries.ends[c])
			length := int(entries.ends[c+1]) - start
			if length <= over { // grow leaves a pad behind both
				*(*[over]byte)(unsafe.Add(text, end)) = *(*[over]byte)(unsafe.Add(from, start))
			} else {
				copy(s.text.Buf()[end:], entries.text.Buf()[start:start+length])
			}
			end += length
			ends[i] = int32(end)
		}
		s.words.n += len(codes)
		return nil
	})
}

func (s *textSink) finish() (arrow.Array, error) {
	offsets, text := s.buffers()
	return s.array(offsets, text), nil
}

func (s *textSink) release() {
	s.validity.release()
	s.words.release()
	if s.entries != nil {
		s.entries.release()
	}
}
