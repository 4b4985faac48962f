package table

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// A field reads a key column as numbers: equal values, equal numbers below its
// width. Nulls have a number of their own.
type field struct {
	width uint64
	// add adds the number of each row from start on, times stride, to dst.
	add func(dst []uint64, start int, stride uint64)
	// place is add in 32 bits, modulo 2³².
	place func(dst []uint32, start int, stride uint32)
	// sure says whether all numbers are known to be below the width, whatever
	// the memory of the column holds; nil if they are.
	sure  func() bool
	codes []uint32 // the numbers of all rows, where they are in memory as they are
	col   arrow.Array
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
	if !valid.all() && uint64(most)-uint64(least) > mostPlaces { // what is beneath nulls may widen it
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
	null := f.width
	if !valid.all() {
		f.width++
	}
	f.add = rangeAdder[uint64](from, valid, uint64(least), null)
	f.place = rangeAdder[uint32](from, valid, uint32(least), uint32(null))
	return f, true
}

// rangeAdder adds distances from the least value, and null for a null.
func rangeAdder[D uint32 | uint64, T integer](from []T, valid validity, least, null D) func([]D, int, D) {
	return func(dst []D, start int, stride D) {
		addRange(dst, from[start:], least, stride)
		valid.eachNull(start, len(dst), func(i int) {
			dst[i] += (null - (D(int64(from[start+i])) - least)) * stride
		})
	}
}

// addRange adds (src - least) times stride, modulo what the result holds.
func addRange[D uint32 | uint64, T integer](dst []D, src []T, least, stride D) {
	src, base := src[:len(dst)], least*stride
	if short, ok := any(dst).([]uint32); ok {
		if from, ok := any(src).([]int32); ok {
			rowsOf32.Places(short, from, uint32(stride), uint32(-base), false)
			return
		}
	}
	for i, v := range src {
		dst[i] += D(int64(v))*stride - base
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
			addIndices(&f, values[uint8](indices), valid, null)
		case 2:
			addIndices(&f, values[uint16](indices), valid, null)
		case 4:
			addIndices(&f, values[uint32](indices), valid, null)
			f.sure = below(values[int32](indices), null) // which are looked through faster
			if valid.all() {
				f.codes = values[uint32](indices)
			}
		default:
			addIndices(&f, values[uint64](indices), valid, null)
		}
		return f, true
	}
	index := indicesOf(dict)
	f.add = numberAdder(index, lex.numbers, valid, null)
	f.place = numberAdder(index, lex.numbers, valid, uint32(null))
	return f, true
}

// numberAdder adds the numbers of the entries at the indices.
func numberAdder[D uint32 | uint64](index func([]uint32, int), numbers []uint32, valid validity, null D) func([]D, int, D) {
	return func(dst []D, start int, stride D) {
		var batch [batchSize]uint32
		codes := batch[:len(dst)]
		index(codes, start)
		for i, at := range codes {
			if valid.at(start + i) {
				dst[i] += D(numbers[at]) * stride
			} else {
				dst[i] += null * stride
			}
		}
	}
}

func indexWidth(indices arrow.Array) int {
	width, _ := fixedWidth(indices.DataType())
	return width
}

// addIndices has f add the indices, and null for a null.
func addIndices[T uint8 | uint16 | uint32 | uint64](f *field, from []T, valid validity, null uint64) {
	f.add, f.place = indexAdder(from, valid, null), indexAdder(from, valid, uint32(null))
	f.sure = below(from, null)
}

// below says whether all values are less than a width, and none is negative.
func below[T integer](from []T, width uint64) func() bool {
	return func() bool {
		least, most := limitsOf(from)()
		return least >= 0 && uint64(most) < width
	}
}

func indexAdder[D uint32 | uint64, T uint8 | uint16 | uint32 | uint64](from []T, valid validity, null D) func([]D, int, D) {
	return func(dst []D, start int, stride D) {
		src := from[start : start+len(dst)]
		addIndexed(dst, src, stride)
		if !valid.all() {
			valid.eachNull(start, len(dst), func(i int) { dst[i] += (null - D(src[i])) * stride })
		}
	}
}

func addIndexed[D uint32 | uint64, T uint8 | uint16 | uint32 | uint64](dst []D, src []T, stride D) {
	if short, ok := any(dst).([]uint32); ok {
		if codes, ok := any(src).([]uint32); ok {
			signed := unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(codes))), len(codes)) // the same modulo 2³²
			rowsOf32.Places(short, signed, uint32(stride), 0, false)
			return
		}
	}
	for i, v := range src {
		dst[i] += D(v) * stride
	}
}

// rowsOf32 makes numbers out of columns of 32 bits.
var rowsOf32 = asm.RowsFor(asm.Best())

func constantField(col arrow.Array) field {
	return field{width: 1, col: col, add: func([]uint64, int, uint64) {}, place: func([]uint32, int, uint32) {}}
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
	f := field{width: uint64(max(width, 1)), col: col}
	f.add, f.place = indexAdder(codes, validity{}, uint64(0)), indexAdder(codes, validity{}, uint32(0))
	return f
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
