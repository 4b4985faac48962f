package source

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetLeaf is a column of values, as files have them.
type parquetLeaf struct {
	leaf           int // number among the leaves of the file
	kind           parquet.Kind
	arrow          arrow.DataType
	length         int // of fixed-length byte arrays
	maxDef, maxRep int
}

// leafSink makes a column of Arrow of the pages of a leaf.
type leafSink interface {
	// reserve makes room for so many slots in all.
	reserve(slots int) error
	// dictionary takes the values that later pages have codes of.
	dictionary(p *page) error
	// append takes a page of n slots.
	append(p *page, codes *[]int32, there presence, n int) error
	// slots returns how many there are.
	slots() int
	finish() (arrow.Array, error)
	release()
}

// maxPageValues is how many values a page may have: memory for them is taken on
// the word of its header.
const maxPageValues = 1 << 24

var errDictionary = errors.New("a dictionary comes late or twice")

// readLeaf reads the chunk of a column in a row group. Where place is given, it
// says of each page which of its values have a slot in the column: for columns
// that are not nested all have.
func (p *Parquet) readLeaf(s leafSink, c *parquetLeaf, group, values int, place func(*page) (there presence, slots int, err error)) (err error) {
	defer guard(p.file.Path, &err)
	r, err := p.openChunk(c, group)
	if err != nil {
		return err
	}
	defer r.free()
	r.flat = place == nil
	if n, err := r.count(); err != nil || n != values {
		if err == nil {
			err = fmt.Errorf("pages hold %d of %d values", n, values)
		}
		return fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
	}
	room := min(values, max(1<<20, 64*len(r.left)))
	if err := s.reserve(room); err != nil {
		return err
	}
	for first := true; ; first = false {
		pg, err := r.next()
		if err == io.EOF {
			if place == nil && s.slots() != values {
				return p.wrap(errPageCut)
			}
			return nil
		}
		if err == nil {
			err = appendPage(s, r, &pg, first, values, &room, place)
		}
		if err != nil {
			return p.wrap(err)
		}
	}
}

// wrap makes an error of the decoder one of the file.
func (p *Parquet) wrap(err error) error {
	if errors.Is(err, kernels.ErrMemory) {
		return fmt.Errorf("source: cannot read %s: %w", p.file.Path, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrFormat, p.file.Path, err)
}

func appendPage(s leafSink, r *chunkReader, p *page, first bool, values int, room *int, place func(*page) (presence, int, error)) error {
	if p.kind == format.DictionaryPage {
		if !first {
			return errDictionary
		}
		return s.dictionary(p)
	}
	if p.values > maxPageValues {
		return fmt.Errorf("a page of %d values", p.values)
	}
	if p.values == 0 {
		return nil
	}
	there, n := p.there, p.values
	if place != nil {
		var err error
		if there, n, err = place(p); err != nil {
			return err
		}
	}
	if need := s.slots() + n; need > *room {
		*room = min(values, 2*need)
		if err := s.reserve(*room); err != nil {
			return err
		}
	}
	return s.append(p, &r.codes, there, n)
}

// newLeafSink chooses how a column is stored.
func newLeafSink(mem memory.Allocator, c *parquetLeaf) leafSink {
	base := validity{mem: mem, dt: c.arrow}
	switch c.arrow.ID() {
	case arrow.BOOL:
		return &boolSink{validity: base}
	case arrow.STRING, arrow.BINARY:
		return &textSink{validity: base}
	case arrow.DICTIONARY:
		return &codeSink{validity: base}
	case arrow.FLOAT32:
		return newFixedSink[float32, float32](base, nil)
	case arrow.FLOAT64:
		return newFixedSink[float64, float64](base, nil)
	case arrow.UINT8:
		return newFixedSink(base, func(v int32) uint8 { return uint8(v) })
	case arrow.INT32, arrow.DATE32:
		return newFixedSink[int32, int32](base, nil)
	case arrow.DECIMAL128, arrow.FIXED_SIZE_BINARY:
		return newWideSink(base, c)
	}
	switch c.kind {
	case parquet.Int32: // uint32
		return newFixedSink(base, func(v int32) int64 { return int64(uint32(v)) })
	case parquet.Int96:
		return newWideSink(base, c)
	}
	return newFixedSink[int64, int64](base, nil)
}
