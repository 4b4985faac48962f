package asm

// castTypes are the types of a cast.
type castTypes struct{ from, to kind }

// kind is a type of the elements of a vector.
type kind uint8

const (
	kindF32 kind = iota
	kindF64
	kindI32
	kindI64
)

func kindOf[T Lane]() kind {
	switch any(T(0)).(type) {
	case float32:
		return kindF32
	case float64:
		return kindF64
	case int32:
		return kindI32
	}
	return kindI64
}

// castRoutine is the assembly of one cast of one level. It returns something
// other than 0 where a value does not fit; what it wrote is then not right.
type castRoutine[F, T Lane] struct {
	run   func(n int, dst *T, x *F) uint64
	block int
	entry int
}

// Cast converts vectors of one type to another.
type Cast[F, T Lane] struct {
	// Run converts x to dst, of the same length, as Go does. Floats become
	// integers towards zero, and those that no integer of T can hold become 0.
	// It reports whether all values fit: floats that become integers, and, if
	// the cast is checked, integers that become shorter ones, which else wrap
	// around. All else fits.
	Run func(dst []T, x []F) (fits bool)
	// Routine is the same, and flags what does not fit.
	Routine Routine
}

// CastFor returns the cast of a level that the machine has.
func CastFor[F, T Lane](l Level, checked bool) Cast[F, T] {
	portable := portableCast[F, T](checked)
	r, ok := castOf[F, T](l, checked)
	if !ok {
		return Cast[F, T]{Run: portable}
	}
	return Cast[F, T]{Run: r.loop(portable), Routine: routine(r.entry, 3, r.block)}
}

func (r castRoutine[F, T]) loop(portable func(dst []T, x []F) bool) func(dst []T, x []F) bool {
	return func(dst []T, x []F) bool {
		x = x[:len(dst)]
		fits := true
		for len(dst) >= r.block {
			n := piece(len(dst), r.block)
			if r.run(n, &dst[0], &x[0]) != 0 {
				portable(dst[:n], x[:n])
				fits = false
			}
			dst, x = dst[n:], x[n:]
		}
		return portable(dst, x) && fits
	}
}

func portableCast[F, T Lane](checked bool) func(dst []T, x []F) (fits bool) {
	from, to := kindOf[F](), kindOf[T]()
	switch {
	case to <= kindF64:
		return convertAll[F, T]
	case from <= kindF64:
		return truncateAll[F, T]
	case checked:
		return narrowAll[F, T]
	}
	return convertAll[F, T]
}

func convertAll[F, T Lane](dst []T, x []F) bool {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = T(v)
	}
	return true
}

func narrowAll[F, T Lane](dst []T, x []F) bool {
	x = x[:len(dst)]
	var differ int64
	for i, v := range x {
		dst[i] = T(v)
		differ |= int64(v) ^ int64(dst[i])
	}
	return differ == 0
}

func truncateAll[F, T Lane](dst []T, x []F) bool {
	low, high := -0x1p63, 0x1p63 // the first fits and the last does not
	if kindOf[T]() == kindI32 {
		low, high = -0x1.00000001fffffp31, 0x1p31 // the float64 behind -2³¹-1
	}
	x = x[:len(dst)]
	fits := true
	for i, v := range x {
		if f := float64(v); f >= low && f < high {
			dst[i] = T(v)
		} else {
			dst[i], fits = 0, false
		}
	}
	return fits
}
