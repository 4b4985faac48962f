package table

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// A keeping is some rows of one table after the other, in order. Values are
// packed from where they are to where they go, without putting the tables
// together first.
type keeping struct {
	mem    memory.Allocator
	tables []*kernels.Table // with the same columns
	words  [][]uint64       // of each table, bit i%64 of word i/64 is row i
	count  int              // of the rows kept
	total  int              // of all rows

	all *selection // the rows of all tables as those of one, made when first asked for
}

// newKeeping makes room for what is kept of tables. Nothing is kept yet.
func newKeeping(mem memory.Allocator, tables []*kernels.Table) *keeping {
	k := &keeping{mem: mem, tables: tables}
	for _, t := range tables {
		k.words = append(k.words, make([]uint64, (t.NumRows()+63)/64))
		k.total += t.NumRows()
	}
	return k
}

// columns returns what is kept of each column.
func (k *keeping) columns() ([]arrow.Array, error) {
	var out []arrow.Array
	for i, f := range k.tables[0].Schema().Fields() {
		col, err := k.column(i)
		if err != nil {
			releaseAll(out)
			return nil, fmt.Errorf("%w (column %q)", err, f.Name)
		}
		out = append(out, col)
	}
	return out, nil
}

func (k *keeping) column(at int) (arrow.Array, error) {
	parts, stored := make([]arrow.Array, len(k.tables)), true
	for i, t := range k.tables {
		parts[i] = t.Column(at)
		stored = stored && (parts[i].Len() == 0 || !unstored(parts[i]))
	}
	if k.count == k.total {
		return joined(k.mem, parts, k.total)
	}
	t := parts[0].DataType()
	width, fixed := fixedWidth(t)
	_, coded := t.(*arrow.DictionaryType)
	switch {
	case stored && (t.ID() == arrow.STRING || t.ID() == arrow.BINARY):
		return keepText[int32](k, parts)
	case stored && (t.ID() == arrow.LARGE_STRING || t.ID() == arrow.LARGE_BINARY):
		return keepText[int64](k, parts)
	case stored && fixed && width > 0 && (!coded || sharedDictionary(parts) != nil):
		valid, nulls := k.validity(parts)
		b := k.fixed(parts, width)
		if coded {
			return withDictionary(t, k.count, nulls, valid, b, sharedDictionary(parts)), nil
		}
		return newArray(t, k.count, nulls, valid, b), nil
	}
	whole, err := joined(k.mem, parts, k.total)
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	return k.selection().column(k.mem, whole)
}

// joined puts the parts of a column together.
func joined(mem memory.Allocator, parts []arrow.Array, rows int) (arrow.Array, error) {
	if len(parts) == 1 {
		parts[0].Retain()
		return parts[0], nil
	}
	return concatColumn(mem, parts, rows)
}

// selection is what is kept as rows of all tables, one after the other.
func (k *keeping) selection() *selection {
	if k.all == nil {
		bitmap := make([]byte, (k.total+63)/64*8)
		at := 0
		for i, words := range k.words {
			var packed []byte
			for _, w := range words {
				packed = binary.LittleEndian.AppendUint64(packed, w)
			}
			copyBits(bitmap, at, packed, 0, k.tables[i].NumRows())
			at += k.tables[i].NumRows()
		}
		k.all = &selection{words: bitWords(bitmap, 0, k.total), count: k.count}
	}
	return k.all
}

// validity is what is kept of the validity of a column, nil where nothing is null.
func (k *keeping) validity(parts []arrow.Array) (*memory.Buffer, int) {
	whole, nulls := concatValidity(k.mem, parts, k.total)
	if nulls == 0 {
		return nil, 0
	}
	defer whole.Release()
	b := cleared(k.mem, bitBytes(k.count))
	if nulls = k.count - k.selection().bits(b.Bytes(), whole.Bytes(), 0, k.total); nulls == 0 {
		b.Release()
		return nil, 0
	}
	return b, nulls
}

func (k *keeping) fixed(parts []arrow.Array, width int) *memory.Buffer {
	b := sized(k.mem, width*k.count+asm.CompressSpare)
	switch width {
	case 1:
		keepValues[uint8](k, b, parts)
	case 2:
		keepValues[uint16](k, b, parts)
	case 4:
		keepValues[uint32](k, b, parts)
	case 8:
		keepValues[uint64](k, b, parts)
	case 16:
		keepValues[[2]uint64](k, b, parts)
	default:
		keepValues[[4]uint64](k, b, parts)
	}
	b.ResizeNoShrink(width * k.count)
	return b
}

func keepValues[E asm.Packed](k *keeping, b *memory.Buffer, parts []arrow.Array) {
	to := viewed[E](b)
	for i, p := range parts {
		if p.Len() > 0 {
			to = to[asm.Compress(asm.Best(), to, values[E](p), k.words[i]):]
		}
	}
}

// eachRun calls visit for the runs of bits that are set, as far as they lie in one
// word.
func eachRun(words []uint64, visit func(from, to int)) {
	for i, w := range words {
		for w != 0 {
			from := bits.TrailingZeros64(w)
			n := bits.TrailingZeros64(^(w >> from))
			visit(64*i+from, 64*i+from+n)
			if from+n == 64 {
				break
			}
			w &= ^uint64(0) << (from + n)
		}
	}
}

// keepText packs strings. T is the width of their offsets.
func keepText[T int32 | int64](k *keeping, parts []arrow.Array) (arrow.Array, error) {
	room := k.roomForText(sizeOfTexts[T](parts), func() int64 { return keptSize[T](k, parts) })
	if room > math.MaxInt32 && offsetSize[T]() == 4 {
		return nil, fmt.Errorf("%w: %d bytes of strings, of %d at most: use smaller partitions or large strings", ErrOverflow, room, math.MaxInt32)
	}
	ends, body := sized(k.mem, (k.count+1+asm.TextSpareEnds)*offsetSize[T]()), sized(k.mem, int(room)+asm.TextSpare)
	to, into := viewed[T](ends), body.Bytes()
	to[0] = 0
	for i, p := range parts {
		if p.Len() > 0 {
			to = keepRuns(to, into, bufferOf[T](p.Data(), 1, p.Len()+1), textBytesOf(p), k.words[i])
		}
	}
	ends.ResizeNoShrink((k.count + 1) * offsetSize[T]())
	body.ResizeNoShrink(int(to[0]))
	valid, nulls := k.validity(parts)
	return newArray(parts[0].DataType(), k.count, nulls, valid, ends, body), nil
}

func sizeOfTexts[T int32 | int64](parts []arrow.Array) (total int64) {
	for _, p := range parts {
		if p.Len() > 0 {
			from := bufferOf[T](p.Data(), 1, p.Len()+1)
			total += int64(from[p.Len()] - from[0])
		}
	}
	return total
}

// keptSize is how many bytes the strings have that are kept.
func keptSize[T int32 | int64](k *keeping, parts []arrow.Array) (total int64) {
	for i, p := range parts {
		if p.Len() > 0 {
			from := bufferOf[T](p.Data(), 1, p.Len()+1)
			eachRun(k.words[i], func(a, b int) { total += int64(from[b] - from[a]) })
		}
	}
	return total
}

// roomForText is how many bytes of memory are taken for strings of which there are
// whole bytes: all, where that is little and most rows are kept, else as many as are
// kept, which takes a pass over the bits.
func (k *keeping) roomForText(whole int64, kept func() int64) int64 {
	if whole < 1<<24 && k.count > k.total/4*3 {
		return whole
	}
	return kept()
}

// textBytesOf returns the bytes that the offsets of a column count in.
func textBytesOf(col arrow.Array) []byte {
	if b := col.Data().Buffers()[2]; b != nil {
		return b.Bytes()
	}
	return nil
}

// keepRuns copies runs of strings behind what ends at to[0] of dst, which has room
// for textSpare bytes more, and returns where to go on.
func keepRuns[T int32 | int64](to []T, dst []byte, from []T, src []byte, words []uint64) []T {
	if near, ok := any(from).([]int32); ok {
		done, count, _ := asm.CompressTexts(asm.Best(), any(to).([]int32)[1:], dst, near, src, words, int(to[0]))
		to, from, words = to[count:], from[64*done:], words[done:]
	}
	into, text := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src))
	eachRun(words, func(a, b int) {
		start, at := to[0], from[a]
		n, shift := from[b]-at, start-at
		switch {
		case n > textSpare || int(at)+textSpare > len(src):
			copy(dst[start:start+n], src[at:])
		case n > 0:
			*(*[textSpare]byte)(unsafe.Add(into, start)) = *(*[textSpare]byte)(unsafe.Add(text, at))
		}
		ends := to[1 : 1+b-a]
		for i, end := range from[a+1 : b+1] {
			ends[i] = end + shift
		}
		to = to[b-a:]
	})
	return to
}

// A matching is what a join found for the rows of tables, each of which has one
// partner at most.
type matching struct {
	kept  *keeping // the rows with a partner
	right scratch  // the partners of those, as many as were kept
}

// match looks for the partners of the rows of lefts, whose key columns are cols.
func (b *Built) match(mem memory.Allocator, lefts []*kernels.Table, cols [][]arrow.Array) *matching {
	m := &matching{kept: newKeeping(mem, lefts)}
	m.right = newScratch(mem, m.kept.total+asm.CompressSpare/4)
	to := m.right.rows
	var batch [batchSize]uint32
	for i, t := range lefts {
		find := b.index.lookup(cols[i])
		for start := 0; start < t.NumRows(); start += batchSize {
			ids := batch[:min(batchSize, t.NumRows()-start)]
			find(ids, start)
			b.rowsOfKeys(ids)
			words := m.kept.words[i][start/64 : start/64+(len(ids)+63)/64]
			markFound(words, ids)
			n := asm.Compress(asm.Best(), to, ids, words)
			to = to[n:]
			m.kept.count += n
		}
	}
	m.right.rows = m.right.rows[:m.kept.count]
	return m
}

// probeKept is an inner join of which each left row has one partner at most.
func (b *Built) probeKept(mem memory.Allocator, lefts []*kernels.Table, spec JoinSpec) (*kernels.Table, error) {
	schema, err := spec.Schema(lefts[0].Schema(), b.table.Schema())
	if err != nil {
		return nil, err
	}
	var keys [][]arrow.Array
	for i, t := range lefts {
		if err := sameColumns(lefts[0].Schema(), t.Schema()); err != nil {
			return nil, fmt.Errorf("%w (tables 0 and %d of the left side of a join)", err, i)
		}
		cols, err := keyColumns("join, left side", t, spec.LeftKeys)
		if err != nil {
			return nil, err
		}
		keys = append(keys, cols)
	}
	m := b.match(mem, lefts, keys)
	defer m.right.release()
	cols, err := m.kept.columns()
	if err != nil {
		return nil, err
	}
	defer func() { releaseAll(cols) }()
	if cols, err = b.partnerColumns(cols, newPicking(mem, m.right.rows, false), spec); err != nil {
		return nil, err
	}
	return kernels.NewTable(schema, cols, m.kept.count)
}

// partnerColumns appends the columns of the right that are picked.
func (b *Built) partnerColumns(cols []arrow.Array, p *picking, spec JoinSpec) ([]arrow.Array, error) {
	defer p.release()
	for _, at := range spec.rightColumns(b.table.Schema()) {
		col, err := p.column(b.table.Column(at))
		if err != nil {
			return cols, fmt.Errorf("%w (column %q)", err, b.table.Schema().Field(at).Name)
		}
		cols = append(cols, col)
	}
	return cols, nil
}

// markFound sets the bits of the ids that are not noCode.
func markFound(words []uint64, ids []uint32) {
	for i := range words {
		near := ids[i*64 : min(i*64+64, len(ids))]
		w := uint64(0)
		for at := len(near) - 1; at >= 0; at-- {
			_, found := bits.Sub64(uint64(near[at]), uint64(noCode), 0) // 1 if it is less
			w, _ = bits.Add64(w, w, found)
		}
		words[i] = w
	}
}
