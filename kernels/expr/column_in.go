package expr

import "github.com/apache/arrow/go/v17/arrow"

// loader reads batches of one column into the vec of an input.
type loader struct {
	values []byte // fixed width, from the column's first element
	width  int
	bits   []byte // of a Bool
	text   *textSource
	valid  []byte // bitmap; nil when there are no nulls
	offset int    // of the column in its bitmaps
	reg    *register
}

// newLoader prepares col, whose type is known to be t.
func newLoader(col arrow.Array, t Type, reg *register) *loader {
	data := col.Data()
	l := &loader{offset: data.Offset(), width: t.Size(), reg: reg}
	if col.NullN() > 0 {
		l.valid = col.NullBitmapBytes()
	}
	switch {
	case col.Len() == 0:
	case t == String:
		l.text = newTextSource(col)
	case t == Bool:
		l.bits = data.Buffers()[1].Bytes()
	default:
		l.values = data.Buffers()[1].Bytes()[l.offset*l.width:]
	}
	return l
}

// load points v at rows start … start+n of the column.
func (l *loader) load(v *vec, start, n int) {
	v.valid = nil
	if l.valid != nil && !bitmaps.All(l.valid, l.offset+start, n) {
		v.valid = l.reg.valid[:n]
		bitmaps.Spread(v.valid, l.valid, l.offset+start)
	}
	switch {
	case l.text != nil:
		v.text = l.text.read(start, n, v.valid)
	case l.bits != nil:
		v.data = bytesOf(l.reg.words[:])[:n]
		bitmaps.Spread(v.data, l.bits, l.offset+start)
	default:
		v.data = l.values[start*l.width : (start+n)*l.width]
	}
}
