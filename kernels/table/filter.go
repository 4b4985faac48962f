package table

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Filter returns the rows of t for which mask is true, in order; a null in the
// mask counts as false. When that is all rows, the result shares t's memory.
// Errors wrap ErrSchema for a mask of another length, and are else as in Take.
func Filter(mem memory.Allocator, t *kernels.Table, mask *array.Boolean) (*kernels.Table, error) {
	if mask.Len() != t.NumRows() {
		return nil, fmt.Errorf("%w: filter: a mask of %d rows for a table of %d", ErrSchema, mask.Len(), t.NumRows())
	}
	s := selectionOf(mask)
	if s.count == t.NumRows() {
		t.Retain()
		return t, nil
	}
	cols := make([]arrow.Array, 0, len(t.Record().Columns()))
	for i, col := range t.Record().Columns() {
		kept, err := s.column(mem, col)
		if err != nil {
			releaseAll(cols)
			return nil, fmt.Errorf("%w (column %q)", err, t.Schema().Field(i).Name)
		}
		cols = append(cols, kept)
	}
	defer releaseAll(cols)
	return kernels.NewTable(t.Schema(), cols, s.count)
}

// selection is the rows that a mask keeps.
type selection struct {
	words   []uint64 // bit i%64 of word i/64 is row i
	count   int
	numbers []uint32 // of the rows, found when first asked for
}

func selectionOf(mask *array.Boolean) *selection {
	s := &selection{words: bitWords(nil, 0, 0)}
	if n := mask.Len(); n > 0 {
		s.words = bitWords(mask.Data().Buffers()[1].Bytes(), mask.Data().Offset(), n)
		if valid := validityOf(mask); !valid.all() {
			for i, w := range bitWords(valid.bitmap, valid.offset, n) {
				s.words[i] &= w
			}
		}
	}
	for _, w := range s.words {
		s.count += bits.OnesCount64(w)
	}
	return s
}

// bitWords returns n bits of a bitmap, from an offset on, as words, the last of
// which is filled up with zeros.
func bitWords(bitmap []byte, offset, n int) []uint64 {
	aligned := make([]byte, (n+63)/64*8)
	copyBits(aligned, 0, bitmap, offset, n)
	words := make([]uint64, len(aligned)/8)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(aligned[8*i:])
	}
	return words
}

// rows returns the numbers of the rows that are kept.
func (s *selection) rows() []uint32 {
	if s.numbers == nil {
		s.numbers = make([]uint32, 0, s.count)
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				s.numbers = append(s.numbers, uint32(64*i+bits.TrailingZeros64(w)))
			}
		}
	}
	return s.numbers
}

// column keeps the rows of one column: those of one width are packed, of others
// the rows are taken by number.
func (s *selection) column(mem memory.Allocator, col arrow.Array) (arrow.Array, error) {
	width, ok := fixedWidth(col.DataType())
	if _, binary := col.(*array.FixedSizeBinary); !ok || binary {
		return takeColumn(mem, col, s.rows())
	}
	valid, nulls := s.validity(mem, col)
	into := s.fixed(mem, col, width)
	if dict, ok := col.(*array.Dictionary); ok {
		return withDictionary(dict.DataType(), s.count, nulls, valid, into, dict.Dictionary()), nil
	}
	return newArray(col.DataType(), s.count, nulls, valid, into), nil
}

func (s *selection) fixed(mem memory.Allocator, col arrow.Array, width int) *memory.Buffer {
	if width == 0 {
		b := cleared(mem, bitBytes(s.count))
		if col.Len() > 0 {
			s.bits(b.Bytes(), col.Data().Buffers()[1].Bytes(), col.Data().Offset(), col.Len())
		}
		return b
	}
	b := sized(mem, width*s.count+asm.CompressSpare)
	switch width {
	case 1:
		packInto[uint8](s, b, col)
	case 2:
		packInto[uint16](s, b, col)
	case 4:
		packInto[uint32](s, b, col)
	case 8:
		packInto[uint64](s, b, col)
	case 16:
		packInto[[2]uint64](s, b, col)
	default:
		packInto[[4]uint64](s, b, col)
	}
	b.ResizeNoShrink(width * s.count)
	return b
}

func packInto[E asm.Packed](s *selection, b *memory.Buffer, col arrow.Array) {
	from := values[E](col)
	if len(from) == 0 { // nothing is stored where all is null
		clear(b.Bytes())
		return
	}
	asm.Compress(asm.Best(), viewed[E](b), from, s.words)
}

// validity keeps the validity of a column's rows, nil when none is null.
func (s *selection) validity(mem memory.Allocator, col arrow.Array) (*memory.Buffer, int) {
	if col.NullN() == 0 {
		return nil, 0
	}
	b := cleared(mem, bitBytes(s.count))
	nulls := s.count - s.bits(b.Bytes(), col.NullBitmapBytes(), col.Data().Offset(), col.Len())
	if nulls == 0 {
		b.Release()
		return nil, 0
	}
	return b, nulls
}

// bits packs n bits of a bitmap into dst, which is zero, and returns how many
// of them are set.
func (s *selection) bits(dst, bitmap []byte, offset, n int) (ones int) {
	var word uint64
	fill := 0 // bits in word
	put := func(w uint64, n int) {
		word |= w << fill
		if fill+n >= 64 {
			dst = dst[copy(dst, binary.LittleEndian.AppendUint64(nil, word)):]
			word = w >> (64 - fill) // 0 where fill is 0
		}
		fill = (fill + n) % 64
	}
	for i, w := range bitWords(bitmap, offset, n) {
		kept := asm.Extract(asm.Best(), w, s.words[i])
		ones += bits.OnesCount64(kept)
		put(kept, bits.OnesCount64(s.words[i]))
	}
	copy(dst, binary.LittleEndian.AppendUint64(nil, word))
	return ones
}
