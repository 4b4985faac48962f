package source

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// pageHeader is what is read of the header of a page. All numbers are as the
// file says: nothing is known of them but that they are not negative.
type pageHeader struct {
	kind     format.PageType
	size     int // of the page once decompressed
	packed   int // as it is in the file
	values   int // with nulls
	encoding format.Encoding
	levels   format.Encoding // of definition levels, in version 1
	// Of version 2:
	rows, defBytes, repBytes int
	uncompressed             bool // whatever the codec of the column
}

var errHeader = errors.New("a page header is damaged")

// headerReader reads Thrift's compact protocol from bytes. It allocates nothing,
// so that no number in them can make it.
type headerReader struct {
	b   []byte
	bad bool
}

// The types of the compact protocol.
const (
	thriftTrue = 1 + iota
	thriftFalse
	thriftByte
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
)

// readPageHeader returns a header and how many bytes it takes.
func readPageHeader(b []byte) (h pageHeader, n int, err error) {
	r := &headerReader{b: b}
	h.rows = -1
	r.fields(0, func(id, kind int) bool {
		switch {
		case id == 1 && kind == thriftI32:
			h.kind = format.PageType(r.number())
		case id == 2 && kind == thriftI32:
			h.size = r.number()
		case id == 3 && kind == thriftI32:
			h.packed = r.number()
		case (id == 5 || id == 7) && kind == thriftStruct:
			r.version1(&h)
		case id == 8 && kind == thriftStruct:
			r.version2(&h)
		default:
			return false
		}
		return true
	})
	if r.bad {
		return h, 0, errHeader
	}
	return h, len(b) - len(r.b), nil
}

// version1 reads the header of a data page, or of a dictionary: they begin
// alike.
func (r *headerReader) version1(h *pageHeader) {
	r.fields(1, func(id, kind int) bool {
		switch {
		case id == 1 && kind == thriftI32:
			h.values = r.number()
		case id == 2 && kind == thriftI32:
			h.encoding = format.Encoding(r.number())
		case id == 3 && kind == thriftI32:
			h.levels = format.Encoding(r.number())
		default:
			return false
		}
		return true
	})
}

func (r *headerReader) version2(h *pageHeader) {
	h.levels = format.RLE
	r.fields(1, func(id, kind int) bool {
		switch {
		case id == 1 && kind == thriftI32:
			h.values = r.number()
		case id == 3 && kind == thriftI32:
			h.rows = r.number()
		case id == 4 && kind == thriftI32:
			h.encoding = format.Encoding(r.number())
		case id == 5 && kind == thriftI32:
			h.defBytes = r.number()
		case id == 6 && kind == thriftI32:
			h.repBytes = r.number()
		case id == 7 && kind == thriftFalse:
			h.uncompressed = true
		case id == 7 && kind == thriftTrue:
		default:
			return false
		}
		return true
	})
}

// maxThriftDepth bounds how deep structures are skipped.
const maxThriftDepth = 16

// fields calls read for each field of a structure; fields that it does not read
// are skipped.
func (r *headerReader) fields(depth int, read func(id, kind int) bool) {
	id := 0
	for !r.bad {
		b := r.byte()
		kind := int(b & 15)
		if b == 0 {
			return
		}
		if delta := int(b >> 4); delta != 0 {
			id += delta
		} else {
			id = int(r.zigzag())
		}
		if !r.bad && !read(id, kind) {
			r.skip(kind, depth)
		}
	}
}

func (r *headerReader) skip(kind, depth int) {
	if depth > maxThriftDepth {
		r.bad = true
		return
	}
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		r.byte()
	case thriftI16, thriftI32, thriftI64:
		r.varint()
	case thriftDouble:
		r.take(8)
	case thriftBinary:
		r.take(r.varint())
	case thriftStruct:
		r.fields(depth+1, func(int, int) bool { return false })
	case thriftList, thriftSet:
		r.skipList(depth)
	default: // maps are in no header
		r.bad = true
	}
}

func (r *headerReader) skipList(depth int) {
	b := r.byte()
	n := uint64(b >> 4)
	if n == 15 {
		n = r.varint()
	}
	if n > uint64(len(r.b)) { // each takes a byte
		r.bad = true
	}
	for ; n > 0 && !r.bad; n-- {
		if kind := int(b & 15); kind == thriftTrue || kind == thriftFalse {
			r.byte()
		} else {
			r.skip(kind, depth+1)
		}
	}
}

// wellFormed reports whether a structure is: no list in it has more elements
// than there are bytes for.
func wellFormed(b []byte) bool {
	r := &headerReader{b: b}
	r.skip(thriftStruct, 0)
	return !r.bad
}

func (r *headerReader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	b := r.b[0]
	r.b = r.b[1:]
	return b
}

func (r *headerReader) take(n uint64) {
	if n > uint64(len(r.b)) {
		r.bad = true
		return
	}
	r.b = r.b[n:]
}

func (r *headerReader) varint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *headerReader) zigzag() int64 {
	v := r.varint()
	return int64(v>>1) ^ -int64(v&1)
}

// number reads an integer that must not be negative.
func (r *headerReader) number() int {
	v := r.zigzag()
	if v < 0 || v > math.MaxInt32 {
		r.bad = true
		return 0
	}
	return int(v)
}
