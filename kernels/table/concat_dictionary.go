package table

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// concatDictionaries joins dictionary columns. Parts that have one dictionary
// keep it; otherwise the result gets a new one: of all distinct strings, in
// order of first appearance in the dictionaries, or, of other values, of the
// dictionaries one after the other.
func concatDictionaries(mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	t := parts[0].DataType().(*arrow.DictionaryType)
	width, _ := fixedWidth(t)
	if shared := sharedDictionary(parts); shared != nil {
		into := concatFixed(mem, parts, rows, width)
		valid, nulls := concatValidity(mem, parts, rows)
		return withDictionary(t, rows, nulls, valid, into, shared), nil
	}
	if !isText(t) {
		return chainDictionaries(mem, parts, rows)
	}
	union := newTextTable()
	indices := make([]int64, 0, rows)
	seen := make([]byte, rows)
	for _, p := range parts {
		dict := p.(*array.Dictionary)
		if dict.Len() == 0 {
			continue // it may lack a dictionary
		}
		codes := union.addAll(dict.Dictionary())
		valid := validityOf(dict)
		for i := range dict.Len() {
			code := int64(0)
			if valid.at(i) {
				code = int64(codes[dict.GetValueIndex(i)])
				seen[len(indices)] = 1
			}
			indices = append(indices, code)
		}
	}
	into, err := narrowIndices(mem, indices, union.size(), t.IndexType)
	if err != nil {
		return nil, err
	}
	words, err := union.array(mem, t.ValueType)
	if err != nil {
		into.Release()
		return nil, err
	}
	defer words.Release()
	valid, nulls := validBits(mem, seen)
	return withDictionary(t, rows, nulls, valid, into, words), nil
}

// chainDictionaries joins dictionary columns under all their dictionaries, end to
// end.
func chainDictionaries(mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	t := parts[0].DataType().(*arrow.DictionaryType)
	indices := make([]int64, 0, rows)
	var dicts []arrow.Array
	total := 0
	for _, p := range parts {
		dict := p.(*array.Dictionary)
		if dict.Len() == 0 {
			continue // it may lack a dictionary
		}
		for i := range dict.Len() {
			index := 0
			if dict.IsValid(i) {
				index = total + dict.GetValueIndex(i)
			}
			indices = append(indices, int64(index))
		}
		dicts = append(dicts, dict.Dictionary())
		total += dict.Dictionary().Len()
	}
	if len(dicts) == 0 { // and no rows
		b := array.NewDictionaryBuilder(mem, t)
		defer b.Release()
		return b.NewArray(), nil
	}
	into, err := narrowIndices(mem, indices, total, t.IndexType)
	if err != nil {
		return nil, err
	}
	values, err := concatColumn(mem, dicts, total)
	if err != nil {
		into.Release()
		return nil, err
	}
	defer values.Release()
	valid, nulls := concatValidity(mem, parts, rows)
	return withDictionary(t, rows, nulls, valid, into, values), nil
}

// sharedDictionary returns the dictionary that all parts with rows have, nil if
// they have several.
func sharedDictionary(parts []arrow.Array) arrow.Array {
	var shared arrow.Array
	for _, p := range parts {
		dict := p.(*array.Dictionary)
		if dict.Len() == 0 {
			continue
		}
		words := dict.Dictionary()
		switch {
		case shared == nil:
			shared = words
		case !sameMemory(shared, words):
			return nil
		}
	}
	return shared
}

// sameMemory says whether two arrays are the same rows of the same buffers.
func sameMemory(a, b arrow.Array) bool {
	x, y := a.Data(), b.Data()
	if x.Len() != y.Len() || x.Offset() != y.Offset() || len(x.Buffers()) != len(y.Buffers()) {
		return false
	}
	for i, buffer := range x.Buffers() {
		if !sameBytes(buffer, y.Buffers()[i]) {
			return false
		}
	}
	return true
}

// sameBytes says whether two buffers are one place in memory.
func sameBytes(a, b *memory.Buffer) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.Len() == b.Len() && unsafe.SliceData(a.Bytes()) == unsafe.SliceData(b.Bytes())
}

// narrowIndices stores indices below limit in the type of a dictionary's.
func narrowIndices(mem memory.Allocator, indices []int64, limit int, t arrow.DataType) (*memory.Buffer, error) {
	width, _ := fixedWidth(t)
	most := map[arrow.Type]uint64{arrow.INT8: math.MaxInt8, arrow.UINT8: math.MaxUint8, arrow.INT16: math.MaxInt16,
		arrow.UINT16: math.MaxUint16, arrow.INT32: math.MaxInt32, arrow.UINT32: math.MaxUint32}
	if top, bounded := most[t.ID()]; bounded && limit > 0 && uint64(limit-1) > top {
		return nil, fmt.Errorf("%w: %d distinct strings in a dictionary with %v indices", ErrOverflow, limit, t)
	}
	b := sized(mem, width*len(indices))
	switch width {
	case 1:
		narrow(viewed[uint8](b), indices)
	case 2:
		narrow(viewed[uint16](b), indices)
	case 4:
		narrow(viewed[uint32](b), indices)
	default:
		narrow(viewed[uint64](b), indices)
	}
	return b, nil
}

func narrow[T uint8 | uint16 | uint32 | uint64](dst []T, src []int64) {
	for i, v := range src {
		dst[i] = T(v)
	}
}
