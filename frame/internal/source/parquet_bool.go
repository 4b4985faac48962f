package source

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go/format"
)

// boolSink stores bits.
type boolSink struct {
	validity
	values *memory.Buffer
}

func (s *boolSink) slots() int { return s.at }

func (s *boolSink) reserve(slots int) (err error) {
	before, size := 0, (slots+7)/8
	if s.values == nil {
		s.values, err = allocate(s.mem, 0, size)
	} else {
		before = s.values.Len()
		err = enlarge(s.mem, &s.values, size)
	}
	if err != nil {
		return err
	}
	s.values.ResizeNoShrink(size)
	clear(s.values.Bytes()[before:])
	return s.validity.reserve(slots)
}

func (s *boolSink) dictionary(*page) error { return errDictionary }

func (s *boolSink) append(p *page, codes *[]int32, there presence, n int) error {
	slot := s.at
	present, err := s.mark(there, n)
	if err != nil {
		return err
	}
	r, err := boolRuns(p, present)
	if err != nil {
		return err
	}
	if *codes == nil {
		*codes = make([]int32, codeBatch)
	}
	out, next := s.values.Bytes(), 0
	for at := 0; at < present; {
		batch := (*codes)[:min(codeBatch, present-at)]
		if err := r.read(batch); err != nil {
			return err
		}
		for _, v := range batch {
			for !there.has(next) {
				next++
			}
			out[(slot+next)>>3] |= byte(v&1) << ((slot + next) & 7)
			next++
		}
		at += len(batch)
	}
	return nil
}

// boolRuns reads bools: bit by bit, or as runs behind their length.
func boolRuns(p *page, present int) (runs, error) {
	switch p.encoding {
	case format.Plain:
		if len(p.data) < (present+7)/8 {
			return runs{}, errPageCut
		}
		return runs{width: 1, left: present, packed: p.data}, nil
	case format.RLE:
		if len(p.data) < 4 || uint64(binary.LittleEndian.Uint32(p.data)) > uint64(len(p.data)-4) {
			return runs{}, errPageCut
		}
		return newRuns(p.data[4:4+binary.LittleEndian.Uint32(p.data)], 1)
	}
	return runs{}, unreadable(p, arrow.FixedWidthTypes.Boolean)
}

func (s *boolSink) finish() (arrow.Array, error) {
	s.values.ResizeNoShrink((s.at + 7) / 8)
	return s.array(s.values), nil
}

func (s *boolSink) release() {
	s.validity.release()
	releaseBuffers(s.values)
}
