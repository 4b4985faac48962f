package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/parquet-go/parquet-go/format"
)

// plainDictionary is what old writers call the encodings of a dictionary and of
// codes in it.
const plainDictionary format.Encoding = 2

// page is a page of a column, decompressed.
type page struct {
	pageHeader
	def, rep []byte   // a level a value; nil if all are the most
	there    presence // of a column that is not nested, in place of def
	present  int      // values that are not null
	data     []byte   // of the values that are not null, with a pad behind it
}

// chunkReader reads the pages of a chunk of a column, one after the other. Its
// memory, and so a page, is good until the next one.
type chunkReader struct {
	codec          format.CompressionCodec
	maxDef, maxRep int
	flat           bool   // the column is not nested
	left           []byte // pages to come, with a pad behind

	*chunkScratch
}

// chunkScratch is memory that readers of chunks lend one another.
type chunkScratch struct {
	chunk, body, def, rep []byte
	codes                 []int32
	there                 presence
}

var chunkScratches = sync.Pool{New: func() any { return &chunkScratch{} }}

// maxScratch is how much memory is kept for the next chunk.
const maxScratch = 64 << 20

func (s *chunkScratch) free() {
	if cap(s.chunk)+cap(s.body) <= maxScratch {
		chunkScratches.Put(s)
	}
}

// openChunk reads a chunk of a column into memory.
func (p *Parquet) openChunk(c *parquetLeaf, group int) (*chunkReader, error) {
	meta := &p.pq.Metadata().RowGroups[group].Columns[c.leaf].MetaData
	start := meta.DataPageOffset
	if at := meta.DictionaryPageOffset; at > 0 && at < start {
		start = at
	}
	size := meta.TotalCompressedSize
	if start < 4 || size < 0 || start > p.file.Size-size {
		return nil, fmt.Errorf("%w: %s: the chunk lies outside the file", ErrFormat, p.file.Path)
	}
	r := &chunkReader{codec: meta.Codec, maxDef: c.maxDef, maxRep: c.maxRep, chunkScratch: chunkScratches.Get().(*chunkScratch)}
	if cap(r.chunk) < int(size)+pagePad {
		r.chunk = make([]byte, int(size)+pagePad)
	}
	r.left = r.chunk[:size]
	if n, err := p.file.ReadAt(r.left, start); n < len(r.left) {
		r.free()
		return nil, fmt.Errorf("source: cannot read %s: %w", p.file.Path, err)
	} else if err != nil && err != io.EOF {
		r.free()
		return nil, fmt.Errorf("source: cannot read %s: %w", p.file.Path, err)
	}
	return r, nil
}

var errPageCut = errors.New("a page is cut short")

// count adds up the values that the pages say they have, without reading them:
// what memory is reserved for.
func (r *chunkReader) count() (values int, err error) {
	for b := r.left; len(b) > 0; {
		h, n, err := readPageHeader(b)
		if err != nil {
			return 0, err
		}
		if h.packed > len(b)-n {
			return 0, errPageCut
		}
		if h.kind == format.DataPage || h.kind == format.DataPageV2 {
			values += h.values
		}
		b = b[n+h.packed:]
	}
	return values, nil
}

// next returns the next page of data or dictionary, io.EOF behind the last one.
func (r *chunkReader) next() (p page, err error) {
	for len(r.left) > 0 {
		h, n, err := readPageHeader(r.left)
		if err != nil {
			return p, err
		}
		if h.packed > len(r.left)-n {
			return p, errPageCut
		}
		packed := r.left[n : n+h.packed]
		r.left = r.left[n+h.packed:]
		p = page{pageHeader: h, present: h.values}
		switch h.kind {
		case format.DictionaryPage:
			p.data, err = r.unpack(packed, h.size)
		case format.DataPage:
			err = r.version1(&p, packed)
		case format.DataPageV2:
			err = r.version2(&p, packed)
		default:
			continue
		}
		return p, err
	}
	return p, io.EOF
}

// unpack returns size bytes of values.
func (r *chunkReader) unpack(packed []byte, size int) (data []byte, err error) {
	if r.codec == format.Uncompressed {
		if len(packed) != size {
			return nil, errPageSize
		}
		return packed, nil
	}
	data, err = decompress(r.codec, packed, size, r.body)
	if errors.Is(err, io.EOF) { // which is the end of the pages
		err = errPageSize
	}
	if cap(data) > cap(r.body) {
		r.body = data[:0]
	}
	return data, err
}

func (r *chunkReader) version1(p *page, packed []byte) (err error) {
	data, err := r.unpack(packed, p.size)
	if err != nil {
		return err
	}
	if r.maxRep > 0 {
		var levels []byte
		if levels, data, err = levels1(p, data); err != nil {
			return err
		}
		if p.rep, err = levelsOf(p, levels, r.maxRep, &r.rep); err != nil {
			return err
		}
	}
	if r.maxDef > 0 {
		var levels []byte
		if levels, data, err = levels1(p, data); err != nil {
			return err
		}
		if err := r.definition(p, levels); err != nil {
			return err
		}
	}
	p.data = data
	r.countPresent(p)
	return nil
}

// levels1 cuts levels that begin with their length off.
func levels1(p *page, data []byte) (levels, rest []byte, err error) {
	if p.levels != format.RLE {
		return nil, nil, fmt.Errorf("levels encoded as %v cannot be read", p.levels)
	}
	if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
		return nil, nil, errPageCut
	}
	n := 4 + int(binary.LittleEndian.Uint32(data))
	return data[4:n:cap(data)], data[n:], nil
}

// definition reads which values are there.
func (r *chunkReader) definition(p *page, levels []byte) (err error) {
	if !r.flat || r.maxDef != 1 {
		p.def, err = levelsOf(p, levels, r.maxDef, &r.def)
	} else if p.values > 0 {
		if p.there, err = readPresence(levels, p.values, r.there); p.there != nil {
			r.there = p.there
		}
	}
	return err
}

func levelsOf(p *page, b []byte, most int, buf *[]byte) (levels []byte, err error) {
	if p.values == 0 {
		return nil, nil
	}
	levels, err = readLevels(b, most, p.values, *buf)
	if levels != nil {
		*buf = levels
	}
	return levels, err
}

func (r *chunkReader) version2(p *page, packed []byte) (err error) {
	if p.repBytes > len(packed) || p.defBytes > len(packed)-p.repBytes {
		return errPageCut
	}
	head := p.repBytes + p.defBytes
	if r.maxRep > 0 {
		if p.rep, err = levelsOf(p, packed[:p.repBytes], r.maxRep, &r.rep); err != nil {
			return err
		}
	}
	if r.maxDef > 0 {
		if err := r.definition(p, packed[p.repBytes:head]); err != nil {
			return err
		}
	}
	if p.size < head {
		return errPageSize
	}
	if p.uncompressed || p.size == head {
		p.data = packed[head:]
	} else if p.data, err = r.unpack(packed[head:], p.size-head); err != nil {
		return err
	}
	r.countPresent(p)
	return nil
}

func (r *chunkReader) countPresent(p *page) {
	p.present = p.there.count(p.values)
	if p.def == nil {
		return
	}
	p.present = 0
	for _, d := range p.def {
		if int(d) == r.maxDef {
			p.present++
		}
	}
}
