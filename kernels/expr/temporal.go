package expr

import "fmt"

// partKernel extracts a field of a date or timestamp as an int64.
func partKernel(op Op, t Type) kernel {
	if t == Date32 {
		return func(m *machine, dst *vec, a []*vec) error {
			partLoop(op, view[int64](dst, m.n), view[int32](a[0], m.n), 1, 0)
			return nil
		}
	}
	perSecond := t.perSecond()
	return func(m *machine, dst *vec, a []*vec) error {
		partLoop(op, view[int64](dst, m.n), view[int64](a[0], m.n), secondsPerDay*perSecond, perSecond)
		return nil
	}
}

// partLoop reads x in units of perDay a day; perSecond is 0 for whole days.
func partLoop[T int32 | int64](op Op, dst []int64, x []T, perDay, perSecond int64) {
	x = x[:len(dst)]
	switch op {
	case HourOf, MinuteOf, SecondOf:
		clockLoop(op, dst, x, perDay, perSecond)
		return
	case Weekday:
		for i, v := range x {
			dst[i] = floorMod(floorDiv(int64(v), perDay)+3, 7) + 1 // 1970-01-01 was a Thursday
		}
		return
	}
	// Neighbouring rows are often of one day: remember it.
	known, part := int64(0), datePart(op, 0)
	for i, v := range x {
		if day := floorDiv(int64(v), perDay); day != known {
			known, part = day, datePart(op, day)
		}
		dst[i] = part
	}
}

func clockLoop[T int32 | int64](op Op, dst []int64, x []T, perDay, perSecond int64) {
	if perSecond == 0 {
		clear(dst)
		return
	}
	unit, modulus := perSecond, int64(60)
	switch op {
	case HourOf:
		unit, modulus = 3600*perSecond, 24
	case MinuteOf:
		unit = 60 * perSecond
	}
	for i, v := range x {
		dst[i] = floorMod(int64(v), perDay) / unit % modulus
	}
}

func datePart(op Op, day int64) int64 {
	year, month, dayOfMonth := civil(day)
	switch op {
	case YearOf:
		return year
	case MonthOf:
		return month
	case DayOf:
		return dayOfMonth
	case DayOfYear:
		return day - dayNumber(year, 1, 1) + 1
	}
	panic(fmt.Sprintf("expr: %v is no part of a date", op))
}

// calendarKernel is Trunc or Diff of values of type t.
func calendarKernel(op Op, t Type, unit Unit) kernel {
	c := newClock(t, unit)
	switch {
	case op == Trunc && t == Date32:
		return unaryKernel(func(dst, x []int32) { truncLoop(c, dst, x) })
	case op == Trunc:
		return unaryKernel(func(dst, x []int64) { truncLoop(c, dst, x) })
	case t == Date32:
		return func(m *machine, dst *vec, a []*vec) error {
			return diffLoop(m, dst, view[int32](a[0], m.n), view[int32](a[1], m.n), c)
		}
	}
	return func(m *machine, dst *vec, a []*vec) error {
		return diffLoop(m, dst, view[int64](a[0], m.n), view[int64](a[1], m.n), c)
	}
}

func truncLoop[T int32 | int64](c clock, dst, x []T) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = T(c.truncate(int64(v)))
	}
}

func diffLoop[T int32 | int64](m *machine, dst *vec, x, y []T, c clock) error {
	out := view[int64](dst, m.n)
	for i := range out {
		d, ok := c.difference(int64(x[i]), int64(y[i]))
		if !ok && dst.present(i) {
			return fmt.Errorf("%w: diff(%v, %v) does not fit int64, at element %d", ErrRange, x[i], y[i], m.base+i)
		}
		out[i] = d
	}
	return nil
}
