package expr

import (
	"fmt"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// castKernel converts values of one type to another.
func castKernel(from, to Type, mode semantics) kernel {
	switch {
	case from == String:
		return parseKernel(to, false)
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

// lane is the type of the numbers that a value is as it is computed with, or
// Invalid if package asm has no vectors of it.
func lane(t Type) Type {
	switch t {
	case Int32, Date32:
		return Int32
	case Int64, TimestampS, TimestampMs, TimestampUs, TimestampNs:
		return Int64
	case Float32, Float64:
		return t
	}
	return Invalid
}

// castRoutine is the cast of numbers as a chain can call it.
func castRoutine(from, to Type, mode semantics) (none asm.Routine) {
	if from.Temporal() && to.Temporal() {
		return none
	}
	checked := mode == tables || to.Temporal()
	switch lane(from) {
	case Int32:
		return routineFrom[int32](lane(to), checked)
	case Int64:
		return routineFrom[int64](lane(to), checked)
	case Float32:
		return routineFrom[float32](lane(to), checked)
	case Float64:
		return routineFrom[float64](lane(to), checked)
	}
	return none
}

func routineFrom[F asm.Lane](to Type, checked bool) (none asm.Routine) {
	switch to {
	case Int32:
		return asm.CastFor[F, int32](asm.Best(), checked).Routine
	case Int64:
		return asm.CastFor[F, int64](asm.Best(), checked).Routine
	case Float32:
		return asm.CastFor[F, float32](asm.Best(), checked).Routine
	case Float64:
		return asm.CastFor[F, float64](asm.Best(), checked).Routine
	}
	return none
}

// castFrom picks the loop from one representation to another; target is the
// type that an error names.
func castFrom(from, to, target Type, mode semantics) kernel {
	switch from {
	case Bool, Uint8:
		return castByte(to)
	case Int32:
		return castInt[int32](to, target, mode)
	case Int64:
		return castInt[int64](to, target, mode)
	case Float32:
		return castFloat[float32](to, target)
	}
	return castFloat[float64](to, target)
}

// castByte converts bytes, which fit everything.
func castByte(to Type) kernel {
	switch to {
	case Bool:
		return truth[uint8]()
	case Uint8:
		return convert[uint8]()
	case Int32:
		return convert[int32]()
	case Int64:
		return convert[int64]()
	case Float32:
		return convert[float32]()
	}
	return convert[float64]()
}

func castInt[F int32 | int64](to, target Type, mode semantics) kernel {
	switch to {
	case Bool:
		return truth[F]()
	case Uint8:
		return narrow[F](mode)
	}
	return castLanes[F](to, target, mode == tables)
}

func castFloat[F Floating](to, target Type) kernel {
	switch to {
	case Bool:
		return truth[F]()
	case Uint8:
		return truncate[F]()
	}
	return castLanes[F](to, target, true)
}

func castLanes[F asm.Lane](to, target Type, checked bool) kernel {
	switch to {
	case Int32:
		return cast(asm.CastFor[F, int32](asm.Best(), checked), target)
	case Int64:
		return cast(asm.CastFor[F, int64](asm.Best(), checked), target)
	case Float32:
		return cast(asm.CastFor[F, float32](asm.Best(), checked), target)
	}
	return cast(asm.CastFor[F, float64](asm.Best(), checked), target)
}

// cast converts numbers. In tables an integer that does not fit is an error, in
// arrays it wraps around; a float that no integer can hold is one in both.
func cast[F, T asm.Lane](c asm.Cast[F, T], target Type) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[T](dst, m.n), view[F](a[0], m.n)
		if c.Run(out, x) {
			return nil
		}
		return m.rangeError(target, dst, func(i int) bool {
			return !c.Run(out[i:i+1], x[i:i+1])
		}, func(i int) string { return fmt.Sprint(x[i]) })
	}
}

func convert[T Number]() kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[T](dst, m.n), view[uint8](a[0], m.n)
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

// narrow converts integers to bytes; in tables a value that does not fit is an
// error, in arrays it wraps around.
func narrow[F Integral](mode semantics) kernel {
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[uint8](dst, m.n), view[F](a[0], m.n)
		var differ int64
		for i := range out {
			out[i] = uint8(x[i])
			differ |= int64(x[i]) ^ int64(out[i])
		}
		if mode == arrays || differ == 0 {
			return nil
		}
		return m.rangeError(Uint8, dst, func(i int) bool {
			return int64(x[i]) != int64(out[i])
		}, func(i int) string { return fmt.Sprint(x[i]) })
	}
}

// truncate converts floats to bytes, towards zero. What no byte can hold is an
// error in both modes.
func truncate[F Floating]() kernel {
	inside := func(v F) bool { return v > -1 && v < 1<<8 }
	return func(m *machine, dst *vec, a []*vec) error {
		out, x := view[uint8](dst, m.n), view[F](a[0], m.n)
		bad := false
		for i := range out {
			if inside(x[i]) {
				out[i] = uint8(x[i])
			} else {
				out[i], bad = 0, true
			}
		}
		if !bad {
			return nil
		}
		return m.rangeError(Uint8, dst, func(i int) bool {
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
