package table

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// A field reads a key column as numbers: equal values, equal numbers below its
// width. Nulls have a number of their own.
type field struct {
	width uint64
	// add adds the number of each row from start on, times stride, to dst.
	add func(dst []uint64, start int, stride uint64)
	col arrow.Array
}

// fieldOf returns the field of a column whose values are known to span a range
// that fits 64 bits with the number of nulls; false for floats, plain strings,
// and ranges of all 64 bits.
func fieldOf(col arrow.Array) (field, bool) {
	switch col.DataType().ID() {
	case arrow.BOOL:
		return rangeField(col, boolBytes(col))
	case arrow.INT8:
		return rangeField(col, values[int8](col))
	case arrow.INT16:
		return rangeField(col, values[int16](col))
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return rangeField(col, values[int32](col))
	case arrow.INT64, arrow.TIMESTAMP, arrow.DATE64, arrow.TIME64, arrow.DURATION, arrow.UINT64:
		return rangeField(col, values[int64](col))
	case arrow.UINT8:
		return rangeField(col, values[uint8](col))
	case arrow.UINT16:
		return rangeField(col, values[uint16](col))
	case arrow.UINT32:
		return rangeField(col, values[uint32](col))
	case arrow.DICTIONARY:
		return dictionaryField(col.(*array.Dictionary))
	}
	return field{}, false
}

func rangeField[T integer](col arrow.Array, from []T) (field, bool) {
	valid := validityOf(col)
	least, most := limitsOf(from)()
	if !valid.all() && uint64(most)-uint64(least) > 1<<10 { // what is beneath nulls may widen it
		src, _ := wordsOf(col)
		least, most, _ = src.bounds()
	}
	if least > most { // no value
		least, most = 0, 0
	}
	span := uint64(most) - uint64(least)
	if span > math.MaxUint64-2 {
		return field{}, false
	}
	f := field{width: span + 1, col: col}
	if valid.all() {
		f.add = func(dst []uint64, start int, stride uint64) { addRange(dst, from[start:], uint64(least), stride) }
		return f, true
	}
	null := f.width
	f.width++
	f.add = func(dst []uint64, start int, stride uint64) {
		addRange(dst, from[start:], uint64(least), stride)
		valid.eachNull(start, len(dst), func(i int) {
			dst[i] += (null - (uint64(int64(from[start+i])) - uint64(least))) * stride
		})
	}
	return f, true
}

// addRange adds (src - least) times stride, modulo 2⁶⁴.
func addRange[T integer](dst []uint64, src []T, least, stride uint64) {
	src, base := src[:len(dst)], least*stride
	for i, v := range src {
		dst[i] += uint64(int64(v))*stride - base
	}
}

// dictionaryField takes the indices as they are where the entries differ.
func dictionaryField(dict *array.Dictionary) (field, bool) {
	if dict.Len() == 0 {
		return constantField(dict), true
	}
	lex := lexiconOf(dict.Dictionary())
	valid := validityOf(dict)
	null := uint64(lex.size)
	f := field{width: null, col: dict}
	if !valid.all() {
		f.width++
	}
	if lex.numbers == nil {
		switch indices := dict.Indices(); indexWidth(indices) {
		case 1:
			f.add = indexAdder(values[uint8](indices), valid, null)
		case 2:
			f.add = indexAdder(values[uint16](indices), valid, null)
		case 4:
			f.add = indexAdder(values[uint32](indices), valid, null)
		default:
			f.add = indexAdder(values[uint64](indices), valid, null)
		}
		return f, true
	}
	index := indicesOf(dict)
	f.add = func(dst []uint64, start int, stride uint64) {
		var batch [batchSize]uint32
		codes := batch[:len(dst)]
		index(codes, start)
		for i, at := range codes {
			if valid.at(start + i) {
				dst[i] += uint64(lex.numbers[at]) * stride
			} else {
				dst[i] += null * stride
			}
		}
	}
	return f, true
}

func indexWidth(indices arrow.Array) int {
	width, _ := fixedWidth(indices.DataType())
	return width
}

func indexAdder[T uint8 | uint16 | uint32 | uint64](from []T, valid validity, null uint64) func([]uint64, int, uint64) {
	return func(dst []uint64, start int, stride uint64) {
		src := from[start : start+len(dst)]
		for i, v := range src {
			dst[i] += uint64(v) * stride
		}
		if !valid.all() {
			valid.eachNull(start, len(dst), func(i int) { dst[i] += (null - uint64(src[i])) * stride })
		}
	}
}

func constantField(col arrow.Array) field {
	return field{width: 1, col: col, add: func([]uint64, int, uint64) {}}
}

// numberedField numbers the values of any key column by looking all of them up
// first.
func numberedField(col arrow.Array) field {
	c, codes, width := newCoder(col, false), make([]uint32, col.Len()), uint32(0)
	for start := 0; start < len(codes); start += batchSize {
		batch := codes[start:min(start+batchSize, len(codes))]
		c.add(batch, start)
		for _, code := range batch {
			width = max(width, code+1)
		}
	}
	return field{width: uint64(max(width, 1)), col: col, add: indexAdder(codes, validity{}, 0)}
}

// eachNull calls f with the distance from start of each of n rows that is null.
func (v validity) eachNull(start, n int, f func(i int)) {
	if v.bitmap == nil {
		return
	}
	for i := 0; i < n; i += 64 {
		nulls := ^v.word(start + i)
		if n-i < 64 {
			nulls &= 1<<(n-i) - 1
		}
		for ; nulls != 0; nulls &= nulls - 1 {
			f(i + bits.TrailingZeros64(nulls))
		}
	}
}

// word returns the bits of 64 rows from row i on; those beyond the bitmap are 0.
func (v validity) word(i int) uint64 {
	at, shift := (v.offset+i)>>3, (v.offset+i)&7
	if at+9 <= len(v.bitmap) {
		w := binary.LittleEndian.Uint64(v.bitmap[at:])
		if shift == 0 {
			return w
		}
		return w>>shift | uint64(v.bitmap[at+8])<<(64-shift)
	}
	var w uint64
	for k, b := range v.bitmap[min(at, len(v.bitmap)):] {
		if k < 8 {
			w |= uint64(b) << (8 * k)
		}
	}
	w >>= shift
	if at+8 < len(v.bitmap) && shift > 0 {
		w |= uint64(v.bitmap[at+8]) << (64 - shift)
	}
	return w
}
