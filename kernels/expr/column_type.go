package expr

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// TypeOf returns the type that a program sees in an Arrow column. Large strings
// and dictionaries of strings are Strings; a timestamp must have no zone or UTC.
func TypeOf(dt arrow.DataType) (Type, error) {
	switch dt := dt.(type) {
	case *arrow.BooleanType:
		return Bool, nil
	case *arrow.Uint8Type:
		return Uint8, nil
	case *arrow.Int32Type:
		return Int32, nil
	case *arrow.Int64Type:
		return Int64, nil
	case *arrow.Float32Type:
		return Float32, nil
	case *arrow.Float64Type:
		return Float64, nil
	case *arrow.StringType, *arrow.LargeStringType:
		return String, nil
	case *arrow.Date32Type:
		return Date32, nil
	case *arrow.TimestampType:
		if dt.TimeZone != "" && dt.TimeZone != "UTC" {
			return Invalid, fmt.Errorf("%w: %v: only timestamps without a zone or in UTC are supported", ErrType, dt)
		}
		return [...]Type{TimestampS, TimestampMs, TimestampUs, TimestampNs}[dt.Unit], nil
	case *arrow.DictionaryType:
		if t, err := TypeOf(dt.ValueType); err == nil && t == String {
			return String, nil
		}
	}
	return Invalid, fmt.Errorf("%w: no expressions over %v columns", ErrType, dt)
}

// ArrowType returns the type of the column that a value of type t makes.
func ArrowType(t Type) arrow.DataType {
	switch t {
	case Bool:
		return arrow.FixedWidthTypes.Boolean
	case Uint8:
		return arrow.PrimitiveTypes.Uint8
	case Int32:
		return arrow.PrimitiveTypes.Int32
	case Int64:
		return arrow.PrimitiveTypes.Int64
	case Float32:
		return arrow.PrimitiveTypes.Float32
	case Float64:
		return arrow.PrimitiveTypes.Float64
	case String:
		return arrow.BinaryTypes.String
	case Date32:
		return arrow.FixedWidthTypes.Date32
	}
	unit := map[Type]arrow.TimeUnit{TimestampS: arrow.Second, TimestampMs: arrow.Millisecond,
		TimestampUs: arrow.Microsecond, TimestampNs: arrow.Nanosecond}
	u, ok := unit[t]
	if !ok {
		panic(fmt.Sprintf("expr: no column of %v", t))
	}
	return &arrow.TimestampType{Unit: u}
}
