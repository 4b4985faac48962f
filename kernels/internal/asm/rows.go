package asm

// rowBlock is how many rows the assembly does at a time.
const rowBlock = 32

// rowRoutines is the assembly of one level.
type rowRoutines struct {
	setPlaces, addPlaces func(blocks int, dst *uint32, src *int32, stride, base uint32)
	setLanes, addLanes   func(blocks int, dst *uint64, src *int32, shift, base uint64)
}

// Rows makes numbers of the rows of a table out of its columns.
type Rows struct{ run *rowRoutines }

// RowsFor returns the routines of a level that the machine has.
func RowsFor(l Level) Rows { return Rows{rowsOf(l)} }

// Places adds src[i]*stride + base to dst[i], or with set writes it there, modulo
// 2³². src is as long as dst, at least.
func (r Rows) Places(dst []uint32, src []int32, stride, base uint32, set bool) {
	src = src[:len(dst)]
	if blocks := len(dst) / rowBlock; r.run != nil && blocks > 0 {
		run := r.run.addPlaces
		if set {
			run = r.run.setPlaces
		}
		run(blocks, &dst[0], &src[0], stride, base)
		dst, src = dst[blocks*rowBlock:], src[blocks*rowBlock:]
	}
	for i, v := range src {
		w := uint32(v)*stride + base
		if !set {
			w += dst[i]
		}
		dst[i] = w
	}
}

// Lanes adds src[i]<<shift + base to dst[i], or with set writes it there, modulo
// 2⁶⁴; shift is less than 64. src is as long as dst, at least.
func (r Rows) Lanes(dst []uint64, src []int32, shift uint, base uint64, set bool) {
	src = src[:len(dst)]
	if blocks := len(dst) / rowBlock; r.run != nil && blocks > 0 {
		run := r.run.addLanes
		if set {
			run = r.run.setLanes
		}
		run(blocks, &dst[0], &src[0], uint64(shift), base)
		dst, src = dst[blocks*rowBlock:], src[blocks*rowBlock:]
	}
	for i, v := range src {
		w := uint64(int64(v))<<(shift&63) + base
		if !set {
			w += dst[i]
		}
		dst[i] = w
	}
}
