package source

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go/format"
)

// codeSink stores strings as codes of one dictionary, that of the file. Pages
// that have none, which writers fall back to when a dictionary gets too large,
// are looked up.
type codeSink struct {
	validity
	values *memory.Buffer
	codes  []int32
	words  *words
	index  map[string]int32 // made when a word is looked up
}

func (s *codeSink) slots() int { return s.at }

func (s *codeSink) reserve(slots int) (err error) {
	if s.values, err = reserveValues[int32](s.mem, s.values, s.at, slots); err != nil {
		return err
	}
	s.codes = valuesOf[int32](s.values)
	return s.validity.reserve(slots)
}

func (s *codeSink) dictionary(p *page) error {
	s.words = &words{mem: s.mem}
	return readDictionary(s.words, p)
}

func (s *codeSink) append(p *page, codes *[]int32, there presence, n int) error {
	dst := s.codes[s.at : s.at+n]
	present, err := s.mark(there, n)
	if err != nil {
		return err
	}
	if p.encoding == format.RLEDictionary || p.encoding == plainDictionary {
		err = s.unpack(p, dst[:present])
	} else {
		err = s.lookUp(p, dst[:present])
	}
	if err == nil && present < n {
		scatter(dst, there, present)
	}
	return err
}

// unpack reads codes straight into the column.
func (s *codeSink) unpack(p *page, dst []int32) error {
	if len(dst) == 0 {
		return nil
	}
	r, err := codesOf(p)
	if err != nil {
		return err
	}
	if err := r.read(dst); err != nil {
		return err
	}
	if s.words == nil || int64(r.most) >= int64(s.words.n) {
		return errCode
	}
	return nil
}

// lookUp finds the codes of texts, and gives new ones to new texts.
func (s *codeSink) lookUp(p *page, dst []int32) error {
	texts := &words{mem: s.mem}
	defer texts.release()
	if err := texts.reserve(len(dst)); err != nil {
		return err
	}
	if err := texts.read(p, len(dst)); err != nil {
		return err
	}
	if err := s.makeIndex(len(dst)); err != nil {
		return err
	}
	for i := range dst {
		text := texts.at(i)
		c, ok := s.index[string(text)]
		if !ok {
			c = int32(s.words.n)
			s.index[string(text)] = c
			if err := s.words.add(text); err != nil {
				return err
			}
		}
		dst[i] = c
	}
	return nil
}

// makeIndex also makes room for new words.
func (s *codeSink) makeIndex(more int) error {
	if s.words == nil {
		s.words = &words{mem: s.mem}
	}
	if err := s.words.reserve(s.words.n + more); err != nil {
		return err
	}
	if s.index == nil {
		s.index = make(map[string]int32, s.words.n)
		for i := range s.words.n {
			s.index[string(s.words.at(i))] = int32(i)
		}
	}
	return nil
}

func (s *codeSink) finish() (arrow.Array, error) {
	if s.words == nil { // all rows are null
		s.words = &words{mem: s.mem}
		if err := s.words.reserve(0); err != nil {
			return nil, err
		}
	}
	offsets, text := s.words.buffers()
	entries := finished(arrow.BinaryTypes.String, s.words.n, 0, []*memory.Buffer{nil, offsets, text}, nil)
	defer entries.Release()
	s.values.ResizeNoShrink(4 * s.at)
	return finished(s.dt, s.at, s.nulls, []*memory.Buffer{s.valid, s.values}, entries.Data()), nil
}

func (s *codeSink) release() {
	s.validity.release()
	releaseBuffers(s.values)
	if s.words != nil {
		s.words.release()
	}
}
