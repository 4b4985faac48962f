package expr

import "github.com/ashlar-go/ashlar/kernels"

// blockReader reads batches of one block: in place where they are one run,
// else gathered into a register.
type blockReader struct {
	ref    Ref
	number int // of the input, in the walk
	width  int
	raw    []byte // the block's buffer
	origin int    // its first element
	dense  bool   // lies as the output does
	fixed  bool   // is one element
	filled bool   // the register holds that element, batchSize times
	reg    *register
}

func newBlockReader(b *kernels.Block, number int, ref Ref, t Type, w *walk, reg *register) *blockReader {
	r := &blockReader{ref: ref, number: number, width: t.Size(), reg: reg}
	r.dense, r.fixed = w.rowMajor(number), w.fixed(number)
	if w.size == 0 {
		return r
	}
	switch t {
	case Bool:
		r.raw, r.origin = stridedBytes[bool](b)
	case Uint8:
		r.raw, r.origin = stridedBytes[uint8](b)
	case Int32:
		r.raw, r.origin = stridedBytes[int32](b)
	case Int64:
		r.raw, r.origin = stridedBytes[int64](b)
	case Float32:
		r.raw, r.origin = stridedBytes[float32](b)
	case Float64:
		r.raw, r.origin = stridedBytes[float64](b)
	}
	return r
}

func stridedBytes[T kernels.Element](b *kernels.Block) (raw []byte, origin int) {
	data, origin := kernels.Strided[T](b)
	return bytesOf(data), origin
}

// load points v at the elements of the batch that w stands at.
func (r *blockReader) load(v *vec, w *walk) {
	stride := w.strides[r.number][len(w.shape)-1]
	switch {
	case r.filled:
		return
	case r.dense:
		v.data = r.run(r.origin+w.start, w.n)
		return
	case w.rows == 1 && stride == 1:
		v.data = r.run(r.origin+w.offsets[r.number][0]+w.column, w.n)
		return
	}
	v.data = bytesOf(r.reg.words[:])
	switch r.width {
	case 1:
		gather[uint8](r, v, w, stride)
	case 4:
		gather[uint32](r, v, w, stride)
	default:
		gather[uint64](r, v, w, stride)
	}
}

func (r *blockReader) run(from, n int) []byte { return r.raw[from*r.width : (from+n)*r.width] }

// gather copies the batch, row by row.
func gather[T uint8 | uint32 | uint64](r *blockReader, v *vec, w *walk, stride int) {
	from := view[T](&vec{data: r.raw}, len(r.raw)/r.width)
	if r.fixed {
		fill(view[T](v, batchSize), from[r.origin])
		r.filled = true
		return
	}
	into := view[T](v, w.n)
	length := w.n / w.rows
	for k, offset := range w.offsets[r.number] {
		at := r.origin + offset + w.column*stride
		row := into[k*length : (k+1)*length]
		switch stride {
		case 0:
			fill(row, from[at])
		case 1:
			copy(row, from[at:])
		default:
			for i := range row {
				row[i] = from[at]
				at += stride
			}
		}
	}
}
