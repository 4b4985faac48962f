package expr

import "fmt"

// Type is the type of one value of a program. It fits a byte, so that a
// program encodes compactly and an evaluator can index tables with it.
type Type uint8

// The types. A timestamp is an int64 count of its unit since 1970-01-01T00:00
// with no zone; Date32 is an int32 count of days since that date.
const (
	Invalid Type = iota
	Bool
	Uint8
	Int32
	Int64
	Float32
	Float64
	String
	Date32
	TimestampS
	TimestampMs
	TimestampUs
	TimestampNs
	typeCount
)

var typeNames = [typeCount]string{
	"invalid", "bool", "uint8", "int32", "int64", "float32", "float64", "string",
	"date32", "timestamp[s]", "timestamp[ms]", "timestamp[us]", "timestamp[ns]",
}

// String names the type as Arrow does.
func (t Type) String() string {
	if t < typeCount {
		return typeNames[t]
	}
	return fmt.Sprintf("type(%d)", uint8(t))
}

// Valid reports whether t is one of the types above.
func (t Type) Valid() bool { return t > Invalid && t < typeCount }

// Numeric reports whether arithmetic is defined on t: integers and floats.
func (t Type) Numeric() bool { return t >= Uint8 && t <= Float64 }

// Integer reports whether t is Uint8, Int32 or Int64.
func (t Type) Integer() bool { return t >= Uint8 && t <= Int64 }

// Float reports whether t is Float32 or Float64.
func (t Type) Float() bool { return t == Float32 || t == Float64 }

// Temporal reports whether t is a date or a timestamp.
func (t Type) Temporal() bool { return t >= Date32 && t <= TimestampNs }

// Size returns the bytes of one element in memory; 0 for String, whose
// elements vary. A Bool takes one byte while it is being computed with.
func (t Type) Size() int {
	switch t {
	case Bool, Uint8:
		return 1
	case Int32, Float32, Date32:
		return 4
	case Int64, Float64, TimestampS, TimestampMs, TimestampUs, TimestampNs:
		return 8
	}
	return 0
}

// perSecond returns how many of a timestamp's units make a second.
func (t Type) perSecond() int64 {
	switch t {
	case TimestampS:
		return 1
	case TimestampMs:
		return 1e3
	case TimestampUs:
		return 1e6
	case TimestampNs:
		return 1e9
	}
	panic(fmt.Sprintf("expr: %v has no unit", t))
}

// Promote returns the type that two operands meet in. Numbers follow numpy:
// the smallest type that holds both, where a float32 holds uint8 but an int32
// or int64 needs float64. A bool meets a number as that number. A date meets a
// timestamp as the timestamp, two timestamps in the finer unit.
func Promote(a, b Type) (Type, error) {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == b && a.Valid():
		return a, nil
	case b.Numeric() && (a == Bool || a.Numeric()):
		if b == Float32 && (a == Int32 || a == Int64) {
			return Float64, nil
		}
		return b, nil
	case a.Temporal() && b.Temporal():
		return b, nil
	}
	return Invalid, fmt.Errorf("%w: %v and %v have no common type", ErrType, a, b)
}
