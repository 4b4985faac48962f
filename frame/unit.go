package frame

import "github.com/ashlar-go/ashlar/kernels/expr"

// Unit is a calendar step, for [Expr.Trunc] and [Expr.Since].
type Unit = expr.Unit

// The units, finest first.
const (
	Nanosecond  = expr.Nanosecond
	Microsecond = expr.Microsecond
	Millisecond = expr.Millisecond
	Second      = expr.Second
	Minute      = expr.Minute
	Hour        = expr.Hour
	Day         = expr.Day
	Week        = expr.Week
	Month       = expr.Month
	Quarter     = expr.Quarter
	Year        = expr.Year
)

// Type is a type that expressions have, for [Expr.Cast].
type Type = expr.Type

// The types.
const (
	Bool    = expr.Bool
	Uint8   = expr.Uint8
	Int32   = expr.Int32
	Int64   = expr.Int64
	Float32 = expr.Float32
	Float64 = expr.Float64
	String  = expr.String
	Date32  = expr.Date32

	TimestampS  = expr.TimestampS
	TimestampMs = expr.TimestampMs
	TimestampUs = expr.TimestampUs
	TimestampNs = expr.TimestampNs
)
