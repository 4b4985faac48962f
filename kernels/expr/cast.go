package expr

import "fmt"

// castKernel converts values of one type to another.
func castKernel(from, to Type, mode semantics) kernel {
	switch {
	case from == String:
		return parseKernel(to)
	case to == String:
		return formatKernel(from)
	case from.Temporal() && to.Temporal():
		return temporalCast(from, to)
	case from == Date32:
		from = Int32
	case from.Temporal():
		from = Int64
	}
	// What is left of temporal targets is their count in an int64.
	switch target := to; {
	case to == Date32:
		return castFrom(from, Int32, target, tables)
	case to.Temporal():
		return castFrom(from, Int64, target, tables)
	}
	return castFrom(from, to, to, mode)
}

// castFrom picks the loop from one representation to another; target is the
// type that an error names.
func castFrom(from, to, target Type, mode semantics) kernel {
	switch from {
	case Bool, Uint8:
		return castInt[uint8](to, target, mode)
	case Int32:
		return castInt[int32](to, target, mode)
	case Int64:
		return castInt[int64](to, target, mode)
	case Float32:
		return castFloat[float32](to, target)
	}
	return castFloat[float64](to, target)
}

func castInt[F Integral](to, target Type, mode semantics) kernel {
	switch to {
	case Bool:
		return truth[F]()
	case Float32:
		return convert[F, float32]()
	case Float64:
		return convert[F, float64]()
	case Uint8:
		return narrow[F, uint8](target, mode)
	case Int32:
		return narrow[F, int32](target, mode)
	}
	return narrow[F, int64](target, mode)
}

func castFloat[F Floating](to, target Type) kernel {
	switch to {
	case Bool:
		return truth[F]()
	case Float32:
		return convert[F, float32]()
	case Float64:
		return convert[F, float64]()
	case Uint8:
		return truncate[F, uint8](target, -1, 1<<8)
	case Int32:
		return truncate[F, int32](target, -1<<31-1, 1<<31)
	}
	return truncate[F, int64](target, -1<<63, 1<<63)
}

func convert[F, T Number]() kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[T](dst, m.n), view[F](a[0], m.n)
		for i := range out {
			out[i] = T(x[i])
		}
		return nil
	}
}

func truth[F Number]() kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[bool](dst, m.n), view[F](a[0], m.n)
		for i := range out {
			out[i] = x[i] != 0
		}
		return nil
	}
}

// narrow converts integers; in tables a value that does not fit is an error,
// in arrays it wraps around.
func narrow[F, T Integral](target Type, mode semantics) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[T](dst, m.n), view[F](a[0], m.n)
		var differ int64
		for i := range out {
			out[i] = T(x[i])
			differ |= int64(x[i]) ^ int64(out[i])
		}
		if mode == arrays || differ == 0 {
			return nil
		}
		return m.rangeError(target, dst, func(i int) bool {
			return int64(x[i]) != int64(out[i])
		}, func(i int) string { return fmt.Sprint(x[i]) })
	}
}

// truncate converts floats towards zero. What lies outside low…high has no
// meaning as T, on any processor the same: it is an error in both modes. The
// bound low itself is allowed only when it is T's least value, that is for
// int64, where low-1 is no float64.
func truncate[F Floating, T Integral](target Type, low, high float64) kernel {
	least := low == -1<<63
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[T](dst, m.n), view[F](a[0], m.n)
		inside := func(v F) bool {
			f := float64(v)
			return (f > low || least && f == low) && f < high
		}
		bad := false
		for i := range out {
			if inside(x[i]) {
				out[i] = T(x[i])
			} else {
				out[i], bad = 0, true
			}
		}
		if !bad {
			return nil
		}
		return m.rangeError(target, dst, func(i int) bool {
			return !inside(x[i])
		}, func(i int) string { return fmt.Sprint(x[i]) })
	}
}

// temporalCast changes the unit; towards a coarser one it rounds down.
func temporalCast(from, to Type) kernel {
	switch {
	case from == Date32:
		return rescale[int32, int64](from, to)
	case to == Date32:
		return rescale[int64, int32](from, to)
	}
	return rescale[int64, int64](from, to)
}

func rescale[F, T int32 | int64](from, to Type) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[T](dst, m.n), view[F](a[0], m.n)
		for i := range out {
			v, ok := convertTemporal(int64(x[i]), from, to)
			if !ok && dst.present(i) {
				return fmt.Errorf("%w: %v %d does not fit %v, at element %d", ErrRange, from, x[i], to, m.base+i)
			}
			out[i] = T(v)
		}
		return nil
	}
}
