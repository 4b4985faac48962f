package table

import (
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A numbering numbers the distinct keys of the rows of some columns, in order of
// first appearance.
type numbering interface {
	// next returns the numbers of n rows from start on, at most batchSize;
	// batches come in order. It may use buf, which has room for them.
	next(buf []uint32, start, n int) []uint32
	// firsts returns the row where each key so far first appeared. It is not to be
	// used after release.
	firsts() []uint32
	release()
}

// newNumbering chooses how. Columns whose values are numbers of a range make one
// number together: one that addresses a slot directly if that leaves few slots
// empty, one that is hashed otherwise. What does not fit 64 bits is numbered
// column by column, and the numbers pair by pair.
func newNumbering(mem memory.Allocator, cols []arrow.Array, rows int) numbering {
	return numberingOf(mem, cols, keyFieldsOf(cols, rows), rows)
}

// numberingOf is newNumbering of columns whose fields are known.
func numberingOf(mem memory.Allocator, cols []arrow.Array, k keyed, rows int) numbering {
	switch {
	case !k.fits:
		return &levels{newKeyTable(cols, false)}
	case k.all <= uint64(max(1<<16, 2*rows)):
		return newDense(mem, k.fields, int(k.all))
	}
	return newPacked(mem, k.fields, rows)
}

// keyed is the fields of key columns, and how many numbers they can make together.
type keyed struct {
	fields []field
	all    uint64
	fits   bool // into 64 bits; else there is nothing else
}

// keyFieldsOf reads key columns as fields.
func keyFieldsOf(cols []arrow.Array, rows int) keyed {
	if len(cols) == 0 {
		return keyed{}
	}
	fields := make([]field, len(cols))
	for i, col := range cols {
		f, ok := fieldOf(col)
		if !ok {
			f = numberedField(col)
		}
		fields[i] = f
	}
	all, fits := product(fields)
	for !fits {
		widest := 0
		for i, f := range fields {
			if f.width > fields[widest].width {
				widest = i
			}
		}
		if fields[widest].width <= uint64(rows)+1 {
			return keyed{}
		}
		fields[widest] = numberedField(fields[widest].col)
		all, fits = product(fields)
	}
	return keyed{fields, all, true}
}

// product multiplies the widths; false if that leaves 64 bits.
func product(fields []field) (uint64, bool) {
	all := uint64(1)
	for _, f := range fields {
		hi, lo := bits.Mul64(all, f.width)
		if hi != 0 || lo == math.MaxUint64 {
			return 0, false
		}
		all = lo
	}
	return all, true
}

// combine writes the number that the fields of each row make together.
func combine(dst []uint64, fields []field, start int) {
	clear(dst)
	stride := uint64(1)
	for _, f := range fields {
		f.add(dst, start, stride)
		stride *= f.width
	}
}

// levels is a numbering by a keyTable.
type levels struct{ keys *keyTable }

func (l *levels) next(buf []uint32, start, n int) []uint32 {
	l.keys.add(buf[:n], start)
	return buf[:n]
}

func (l *levels) firsts() []uint32 { return l.keys.first }
func (l *levels) release()         {}

// dense is a numbering by direct address.
type dense struct {
	fields []field
	slots  *memory.Buffer // number plus one of each combination, 0 for none yet
	first  []uint32
	batch  [batchSize]uint64
}

func newDense(mem memory.Allocator, fields []field, slots int) *dense {
	return &dense{fields: fields, slots: cleared(mem, 4*slots), first: numbersOf(0)}
}

func (d *dense) next(buf []uint32, start, n int) []uint32 {
	at, ids, slots := d.batch[:n], buf[:n], viewed[uint32](d.slots)
	combine(at, d.fields, start)
	for i, k := range at {
		id := slots[k]
		if id == 0 {
			d.first = append(d.first, uint32(start+i))
			id = uint32(len(d.first))
			slots[k] = id
		}
		ids[i] = id - 1
	}
	return ids
}

func (d *dense) firsts() []uint32 { return d.first }

func (d *dense) release() {
	recycle(d.first)
	d.slots.Release()
}
