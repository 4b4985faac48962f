package expr

// clock does calendar arithmetic on the counts of one temporal type, in one
// unit. For a unit of fixed length either `step` counts make one unit, or one
// count makes `per` units.
type clock struct {
	unit   Unit
	perDay int64 // counts a day
	fixed  bool
	step   int64
	per    int64
}

func newClock(t Type, unit Unit) clock {
	c := clock{unit: unit, perDay: 1, step: 1, per: 1}
	if t != Date32 {
		c.perDay = secondsPerDay * t.perSecond()
	}
	var length int64
	if length, c.fixed = unit.nanoseconds(); c.fixed {
		count := secondsPerDay * int64(1e9) / c.perDay // nanoseconds a count
		c.step, c.per = max(length/count, 1), max(count/length, 1)
	}
	return c
}

// truncate returns the start of v's unit.
func (c clock) truncate(v int64) int64 {
	switch {
	case c.unit == Week:
		day := floorDiv(v, c.perDay)
		return (day - floorMod(day+3, 7)) * c.perDay // Monday; day 0 is a Thursday
	case c.fixed:
		return v - floorMod(v, c.step)
	}
	year, month, _ := civil(floorDiv(v, c.perDay))
	switch c.unit {
	case Quarter:
		month -= (month - 1) % 3
	case Year:
		month = 1
	}
	return dayNumber(year, month, 1) * c.perDay
}

// difference returns the whole units from b to a, rounded towards zero; ok is
// false when it overflows.
func (c clock) difference(a, b int64) (whole int64, ok bool) {
	d := a - b
	ok = (a^b)&(a^d) >= 0
	if c.fixed {
		hi, lo := mulSigned(d/c.step, c.per)
		return lo, ok && hi == lo>>63
	}
	if a < b {
		whole, ok = c.difference(b, a)
		return -whole, ok
	}
	months := c.months(a) - c.months(b)
	if months > 0 && c.intoMonth(a) < c.intoMonth(b) {
		months--
	}
	switch c.unit {
	case Quarter:
		months /= 3
	case Year:
		months /= 12
	}
	return months, ok
}

// months counts the months from year 0 to v's month.
func (c clock) months(v int64) int64 {
	year, month, _ := civil(floorDiv(v, c.perDay))
	return year*12 + month
}

// intoMonth returns the counts from the start of v's month to v.
func (c clock) intoMonth(v int64) int64 {
	_, _, day := civil(floorDiv(v, c.perDay))
	return day*c.perDay + floorMod(v, c.perDay)
}
