package expr

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// Days are counted from 1970-01-01 in the proleptic Gregorian calendar.

const secondsPerDay = 86400

// civil returns the date of a day number. After Neri and Schneider, "Euclidean
// affine functions and their application to calendar algorithms" (2022), inside
// one era of 400 years so that any int64 is safe.
func civil(day int64) (year, month, dayOfMonth int64) {
	shifted := day + 719468 // from 0000-03-01
	era := floorDiv(shifted, 146097)
	n1 := 4*uint64(shifted-era*146097) + 3
	century := n1 / 146097
	p2 := (n1%146097 | 3) * 2939745
	dayOfYear := p2 & math.MaxUint32 / 2939745 / 4
	n3 := 2141*dayOfYear + 197913
	year = int64(100*century+p2>>32) + 400*era
	month = int64(n3 >> 16)
	dayOfMonth = int64(n3&0xffff/2141) + 1
	if dayOfYear >= 306 {
		return year + 1, month - 12, dayOfMonth
	}
	return year, month, dayOfMonth
}

// dayNumber is the inverse of civil (Hinnant, "chrono-compatible low-level date
// algorithms").
func dayNumber(year, month, dayOfMonth int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + dayOfMonth - 1
	return era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// convertTemporal rescales a temporal value; towards a coarser unit it rounds
// down. ok is false when the result does not fit.
func convertTemporal(v int64, from, to Type) (out int64, ok bool) {
	per := func(t Type) int64 { // units a day
		if t == Date32 {
			return 1
		}
		return secondsPerDay * t.perSecond()
	}
	a, b := per(from), per(to)
	if b >= a {
		scale := b / a
		hi, lo := bits.Mul64(uint64(max(v, -v)), uint64(scale))
		return v * scale, hi == 0 && lo <= math.MaxInt64 && v != math.MinInt64
	}
	out = floorDiv(v, a/b)
	return out, fits(out, to)
}

var temporalLayouts = []string{
	"2006-01-02",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04", "2006-01-02T15:04",
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07:00",
}

// parseTemporal reads an ISO 8601 date or date and time.
func parseTemporal(s string, t Type) (int64, error) {
	for _, layout := range temporalLayouts {
		at, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		v, ok := temporalOf(at, t)
		if !ok {
			return 0, fmt.Errorf("%w: %q as %v", ErrRange, s, t)
		}
		return v, nil
	}
	return 0, fmt.Errorf("%w: %q as %v: want 2006-01-02 or 2006-01-02 15:04:05", ErrParse, s, t)
}

// temporalOf returns a time as a value of type t; false when none can hold it.
func temporalOf(at time.Time, t Type) (int64, bool) {
	seconds := at.Unix()
	if t == Date32 {
		return floorDiv(seconds, secondsPerDay), true
	}
	whole, ok := convertTemporal(seconds, TimestampS, t)
	return whole + int64(at.Nanosecond())/(1e9/t.perSecond()), ok
}

// timeOf undoes temporalOf, in UTC.
func timeOf(v int64, t Type) time.Time {
	if t == Date32 {
		return time.Unix(v*secondsPerDay, 0).UTC()
	}
	scale := t.perSecond()
	return time.Unix(floorDiv(v, scale), floorMod(v, scale)*(1e9/scale)).UTC()
}

// formatTemporal writes v as parseTemporal reads it.
func formatTemporal(t Type, v int64) string {
	if t == Date32 {
		return timeOf(v, t).Format("2006-01-02")
	}
	return timeOf(v, t).Format("2006-01-02 15:04:05.999999999")
}
