package expr

import "fmt"

// Unit is a calendar step, the immediate of Trunc and Diff.
type Unit uint8

// The units, finest first.
const (
	Nanosecond Unit = iota
	Microsecond
	Millisecond
	Second
	Minute
	Hour
	Day
	Week
	Month
	Quarter
	Year
	unitCount
)

var unitNames = [unitCount]string{
	"nanosecond", "microsecond", "millisecond", "second", "minute", "hour",
	"day", "week", "month", "quarter", "year",
}

// String names the unit.
func (u Unit) String() string {
	if u < unitCount {
		return unitNames[u]
	}
	return fmt.Sprintf("unit(%d)", uint8(u))
}

// nanoseconds returns the length of a unit that always has the same length.
func (u Unit) nanoseconds() (int64, bool) {
	lengths := [...]int64{1, 1e3, 1e6, 1e9, 60e9, 3600e9, 86400e9, 7 * 86400e9}
	if int(u) < len(lengths) {
		return lengths[u], true
	}
	return 0, false
}
