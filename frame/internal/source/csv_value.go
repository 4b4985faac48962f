package source

import (
	"bytes"
	"strconv"
	"unsafe"
)

// The readers of values. Each returns false for a text that is none.

func parseBool(b []byte) (byte, bool) {
	switch string(b) {
	case "true", "True", "TRUE":
		return 1, true
	case "false", "False", "FALSE":
		return 0, true
	}
	return 0, false
}

func parseInt(b []byte) (int64, bool) {
	digits, negative := b, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		digits, negative = b[1:], b[0] == '-'
	}
	if len(digits) == 0 || len(digits) > 18 { // long ones may overflow
		v, err := strconv.ParseInt(view(b), 10, 64)
		return v, err == nil && bytes.IndexByte(b, '_') < 0
	}
	var v int64
	for _, c := range digits {
		if c -= '0'; c > 9 {
			return 0, false
		}
		v = v*10 + int64(c)
	}
	if negative {
		v = -v
	}
	return v, true
}

// parseFloat reads decimal floats, NaN and Inf; not Go's hexadecimal ones. With
// comma, that is the decimal point.
func parseFloat(b []byte, size int, comma bool) (float64, bool) {
	point := -1
	for i, c := range b {
		switch c {
		case 'x', 'X', '_', 'p', 'P':
			return 0, false
		case ',':
			point = i
		case '.':
			if comma {
				return 0, false
			}
		}
	}
	if comma && point >= 0 {
		b = append(append(append(make([]byte, 0, 32), b[:point]...), '.'), b[point+1:]...)
	}
	v, err := strconv.ParseFloat(view(b), size)
	return v, err == nil
}

// view is b as a string, for calls that do not keep it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// digitsAt reads n digits.
func digitsAt(b []byte, n int) (int, bool) {
	if len(b) < n {
		return 0, false
	}
	v := 0
	for _, c := range b[:n] {
		if c -= '0'; c > 9 {
			return 0, false
		}
		v = v*10 + int(c)
	}
	return v, true
}

// parseDate reads 2006-01-02 as days since 1970-01-01.
func parseDate(b []byte) (int64, bool) {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return 0, false
	}
	year, ok1 := digitsAt(b, 4)
	month, ok2 := digitsAt(b[5:], 2)
	day, ok3 := digitsAt(b[8:], 2)
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	// Hinnant, "chrono-compatible low-level date algorithms": years from March.
	if month <= 2 {
		year, month = year-1, month+12
	}
	inYear := (153*(month-3)+2)/5 + day - 1
	return int64(year*365+floorDiv(year, 4)-floorDiv(year, 100)+floorDiv(year, 400)+inYear) - 719468, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// floorDiv rounds down, for the year before year 0.
func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// parseTime reads 2006-01-02 15:04[:05[.999999999]] with a space or T, and an
// optional Z, as seconds since 1970 and nanoseconds.
func parseTime(b []byte) (seconds, nanos int64, ok bool) {
	if len(b) == 10 {
		days, ok := parseDate(b)
		return days * 86400, 0, ok
	}
	if len(b) < 16 || b[10] != ' ' && b[10] != 'T' || b[13] != ':' {
		return 0, 0, false
	}
	days, ok := parseDate(b[:10])
	hour, okHour := digitsAt(b[11:], 2)
	minute, okMinute := digitsAt(b[14:], 2)
	if !ok || !okHour || !okMinute || hour > 23 || minute > 59 {
		return 0, 0, false
	}
	seconds = days*86400 + int64(hour)*3600 + int64(minute)*60
	rest := bytes.TrimSuffix(b[16:], []byte{'Z'})
	if len(rest) == 0 {
		return seconds, 0, true
	}
	second, ok := digitsAt(rest[1:], 2)
	if rest[0] != ':' || !ok || second > 59 {
		return 0, 0, false
	}
	nanos, ok = parseFraction(rest[3:])
	return seconds + int64(second), nanos, ok
}

// parseFraction reads nothing, or a point and one to nine digits.
func parseFraction(b []byte) (nanos int64, ok bool) {
	if len(b) == 0 {
		return 0, true
	}
	if b[0] != '.' || len(b) < 2 || len(b) > 10 {
		return 0, false
	}
	v, ok := digitsAt(b[1:], len(b)-1)
	nanos = int64(v)
	for range 10 - len(b) {
		nanos *= 10
	}
	return nanos, ok
}
