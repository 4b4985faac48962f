package expr

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// textSource reads batches of strings out of any representation, without
// copying their bytes.
type textSource struct {
	batch   []string
	short   []int32 // offsets of a String, rows+1
	long    []int64 // offsets of a LargeString, rows+1
	bytes   []byte
	words   []string // of a dictionary
	indices []int32
	wide    *array.Dictionary // with indices of another width
}

func newTextSource(col arrow.Array) *textSource {
	s := &textSource{batch: make([]string, batchSize)}
	data := col.Data()
	switch col := col.(type) {
	case *array.String:
		s.short = arrow.Int32Traits.CastFromBytes(data.Buffers()[1].Bytes())[data.Offset():]
		s.bytes = bufferBytes(data, 2)
	case *array.LargeString:
		s.long = arrow.Int64Traits.CastFromBytes(data.Buffers()[1].Bytes())[data.Offset():]
		s.bytes = bufferBytes(data, 2)
	case *array.Dictionary:
		s.words = readWords(col.Dictionary())
		if indices, ok := col.Indices().(*array.Int32); ok {
			s.indices = indices.Int32Values()
		} else {
			s.wide = col
		}
	default:
		panic(fmt.Sprintf("expr: %T is no column of strings", col))
	}
	return s
}

// bufferBytes returns buffer i, which is absent when it would be empty.
func bufferBytes(data arrow.ArrayData, i int) []byte {
	if b := data.Buffers()[i]; b != nil {
		return b.Bytes()
	}
	return nil
}

func readWords(dict arrow.Array) []string {
	n := dict.Len()
	words := make([]string, 0, n)
	if n == 0 {
		return words
	}
	s := newTextSource(dict)
	for start := 0; start < n; start += batchSize {
		words = append(words, s.read(start, min(batchSize, n-start), nil)...)
	}
	return words
}

// read returns rows start … start+n; a null (0 in valid) reads as "". The
// result is overwritten by the next call.
func (s *textSource) read(start, n int, valid []byte) []string {
	out := s.batch[:n]
	switch {
	case s.short != nil:
		cut(out, s.bytes, s.short[start:start+n+1])
	case s.long != nil:
		cut(out, s.bytes, s.long[start:start+n+1])
	case s.indices != nil:
		for i, index := range s.indices[start : start+n] {
			out[i] = ""
			if valid == nil || valid[i] != 0 {
				out[i] = s.words[index]
			}
		}
		return out
	default:
		for i := range out {
			out[i] = ""
			if valid == nil || valid[i] != 0 {
				out[i] = s.words[s.wide.GetValueIndex(start+i)]
			}
		}
		return out
	}
	for i, ok := range valid {
		if ok == 0 {
			out[i] = ""
		}
	}
	return out
}

func cut[T int32 | int64](out []string, bytes []byte, offsets []T) {
	from := offsets[0]
	for i, to := range offsets[1:] {
		text := bytes[from:to]
		out[i] = unsafe.String(unsafe.SliceData(text), len(text))
		from = to
	}
}
