package expr

import (
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// The oracle: one value at a time, by other means than the evaluator where Go
// has them (big.Int for integers, package time for the calendar).

// value is nil for null, else bool, int64, float64 or string; a float32 is a
// float64 that float32 holds; temporal values are their counts.
type value any

// evaluate computes outputs of p for one row in table semantics. fails reports
// that the evaluator must return an error if this row is present.
func evaluate(p *Program, row []value) (out []value, fails bool) {
	vals := make([]value, len(p.Instrs))
	for i, in := range p.Instrs {
		args := make([]value, len(in.Args))
		types := make([]Type, len(in.Args))
		for k, r := range in.Args {
			args[k], types[k] = vals[r], p.Instrs[r].Type
		}
		var bad bool
		vals[i], bad = one(in, args, types, row)
		fails = fails || bad
	}
	for _, r := range p.Outputs {
		out = append(out, vals[r])
	}
	return out, fails
}

func one(in Instr, args []value, types []Type, row []value) (value, bool) {
	switch in.Op {
	case Input:
		return row[in.Imm], false
	case Null:
		return nil, false
	case Const:
		return literalValue(in), false
	case IsNull:
		return args[0] == nil, false
	case Coalesce:
		for _, a := range args {
			if a != nil {
				return a, false
			}
		}
		return nil, false
	case Where:
		if args[0] == true {
			return args[1], false
		}
		return args[2], false
	case And, Or:
		return kleeneOne(args, in.Op == Or), false
	}
	for _, a := range args {
		if a == nil {
			return nil, false
		}
	}
	return strict(in, args, types)
}

func literalValue(in Instr) value {
	switch {
	case in.Type == String:
		return in.Text
	case in.Type == Bool:
		return in.Imm != 0
	case in.Type.Float():
		return in.Float64()
	}
	return in.Imm
}

func kleeneOne(args []value, deciding bool) value {
	if args[0] == deciding || args[1] == deciding {
		return deciding
	}
	if args[0] == nil || args[1] == nil {
		return nil
	}
	return !deciding
}

// strict computes an operation on values that are all present.
func strict(in Instr, args []value, types []Type) (value, bool) {
	switch x := args[0].(type) {
	case bool:
		return boolOne(in, args), false
	case string:
		return textOne(in, x, args), false
	case float64:
		return floatOne(in, args)
	case int64:
		if in.Op == Cast && types[0].Temporal() && in.Type.Temporal() {
			at := moment(x, types[0])
			return count(at, in.Type), !inRange(at, in.Type)
		}
		if types[0].Temporal() && opInfo[in.Op].class >= classPart {
			return timeOne(in, x, args, types[0]), false
		}
		return intOne(in, args, types[0])
	}
	panic("no such value")
}

func boolOne(in Instr, args []value) value {
	x := args[0].(bool)
	number := map[bool]int64{true: 1}
	switch in.Op {
	case Not:
		return !x
	case Xor:
		return x != args[1].(bool)
	case Cast:
		if in.Type.Float() {
			return float64(number[x])
		}
		return number[x]
	}
	return ordered(in.Op, number[x], number[args[1].(bool)])
}

func ordered[T int64 | float64 | string](op Op, x, y T) value {
	return map[Op]bool{Eq: x == y, Ne: x != y, Lt: x < y, Le: x <= y, Gt: x > y, Ge: x >= y}[op]
}

func textOne(in Instr, x string, args []value) value {
	switch in.Op {
	case Contains:
		return strings.Contains(x, args[1].(string))
	case StartsWith:
		return strings.HasPrefix(x, args[1].(string))
	case EndsWith:
		return strings.HasSuffix(x, args[1].(string))
	case Lower:
		return strings.ToLower(x)
	case Upper:
		return strings.ToUpper(x)
	case Length:
		return int64(len([]rune(x)))
	case Bytes:
		return int64(len([]byte(x)))
	case Replace:
		if args[1] == "" {
			return x
		}
		return strings.ReplaceAll(x, args[1].(string), args[2].(string))
	case SplitPart:
		return splitOne(x, args[1].(string), args[2].(int64))
	case Concat:
		all := ""
		for _, a := range args {
			all += a.(string)
		}
		return all
	case IsIn:
		for _, a := range args[1:] {
			if a == x {
				return true
			}
		}
		return false
	}
	return ordered(in.Op, x, args[1].(string))
}

func splitOne(x, separator string, n int64) string {
	parts := []string{x}
	if separator != "" {
		parts = strings.Split(x, separator)
	}
	if n < 0 {
		n += int64(len(parts))
	}
	if n < 0 || n >= int64(len(parts)) {
		return ""
	}
	return parts[n]
}

func floatOne(in Instr, args []value) (value, bool) {
	x := args[0].(float64)
	var y float64
	if len(args) > 1 {
		y = args[1].(float64)
	}
	if f := unaryRoutines[in.Op]; f >= asm.Exp {
		return elementaryOne(f, in.Type, x), false
	}
	if in.Op == Pow {
		return powOne(in.Type, x, y), false
	}
	if f, ok := floatFunctions[in.Op]; ok {
		r := f(x, y)
		if in.Type == Float32 {
			r = float64(float32(r))
		}
		return r, false
	}
	switch in.Op {
	case IsNaN:
		return math.IsNaN(x), false
	case Cast:
		switch in.Type {
		case Bool:
			return x != 0, false
		case Float64:
			return x, false
		case Float32:
			return float64(float32(x)), false
		}
		whole, _ := big.NewFloat(0).SetString("0")
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, true
		}
		n, _ := whole.SetFloat64(x).Int(nil)
		return n.Int64(), !n.IsInt64() || !fits(n.Int64(), in.Type)
	}
	return ordered(in.Op, x, y), false
}

var (
	portable64 = asm.VectorFor[float64](asm.Portable)
	portable32 = asm.VectorFor[float32](asm.Portable)
)

// powOne is elementaryOne of two values.
func powOne(t Type, x, y float64) float64 {
	if t == Float32 {
		var dst [1]float32
		portable32.Binary[asm.Pow](dst[:], []float32{float32(x)}, []float32{float32(y)})
		return float64(dst[0])
	}
	var dst [1]float64
	portable64.Binary[asm.Pow](dst[:], []float64{x}, []float64{y})
	return dst[0]
}

// elementaryOne computes one value by the portable code, the same to the bit;
// how right that is, package asm has tests for.
func elementaryOne(f asm.Unary, t Type, x float64) float64 {
	if t == Float32 {
		var dst [1]float32
		portable32.Unary[f](dst[:], []float32{float32(x)})
		return float64(dst[0])
	}
	var dst [1]float64
	portable64.Unary[f](dst[:], []float64{x})
	return dst[0]
}

var floatFunctions = map[Op]func(x, y float64) float64{
	Add: func(x, y float64) float64 { return x + y }, Sub: func(x, y float64) float64 { return x - y },
	Mul: func(x, y float64) float64 { return x * y }, Div: func(x, y float64) float64 { return x / y },
	Min: nanOr(math.Min), Max: nanOr(math.Max),
	Neg: func(x, _ float64) float64 { return -x }, Abs: func(x, _ float64) float64 { return math.Abs(x) },
	Sqrt:  func(x, _ float64) float64 { return math.Sqrt(x) },
	Floor: func(x, _ float64) float64 { return math.Floor(x) }, Ceil: func(x, _ float64) float64 { return math.Ceil(x) },
	Round: func(x, _ float64) float64 { return math.RoundToEven(x) },
	Sign: func(x, _ float64) float64 {
		if x > 0 {
			return 1
		} else if x < 0 {
			return -1
		}
		return x
	},
}

// nanOr lets NaN win even over an infinity, as in numpy but not in math.Min.
func nanOr(f func(x, y float64) float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		if math.IsNaN(x) || math.IsNaN(y) {
			return math.NaN()
		}
		return f(x, y)
	}
}

func intOne(in Instr, args []value, t Type) (value, bool) {
	x, y := big.NewInt(args[0].(int64)), new(big.Int)
	if len(args) > 1 {
		y.SetInt64(args[1].(int64))
	}
	r := new(big.Int)
	switch in.Op {
	case Add:
		r.Add(x, y)
	case Sub:
		r.Sub(x, y)
	case Mul:
		r.Mul(x, y)
	case Neg:
		r.Neg(x)
	case Abs:
		r.Abs(x)
	case Sign:
		r.SetInt64(int64(x.Sign()))
	case FloorDiv, Mod:
		if y.Sign() == 0 {
			return nil, false
		}
		quotient, remainder := new(big.Int).DivMod(x, y, new(big.Int)) // Euclidean
		if y.Sign() < 0 && remainder.Sign() != 0 {
			remainder.Add(remainder, y)
			quotient.Sub(quotient, big.NewInt(1))
		}
		r = map[Op]*big.Int{FloorDiv: quotient, Mod: remainder}[in.Op]
	case Min, Max:
		if r = y; (x.Cmp(y) < 0) == (in.Op == Min) {
			r = x
		}
	case Cast:
		if in.Type.Float() {
			f := float64(args[0].(int64))
			if in.Type == Float32 {
				f = float64(float32(args[0].(int64)))
			}
			return f, false
		}
		if in.Type == Bool {
			return x.Sign() != 0, false
		}
		r = x
	case IsIn:
		for _, a := range args[1:] {
			if a == args[0] {
				return true, false
			}
		}
		return false, false
	case IsNaN:
		return false, false
	case Floor, Ceil, Round:
		r = x
	default:
		return ordered(in.Op, args[0].(int64), args[1].(int64)), false
	}
	return r.Int64(), !r.IsInt64() || !fits(r.Int64(), t) && in.Op != Cast || !fits(r.Int64(), in.Type)
}

func timeOne(in Instr, x int64, args []value, t Type) value {
	at := moment(x, t)
	switch in.Op {
	case YearOf:
		return int64(at.Year())
	case MonthOf:
		return int64(at.Month())
	case DayOf:
		return int64(at.Day())
	case HourOf:
		return int64(at.Hour())
	case MinuteOf:
		return int64(at.Minute())
	case SecondOf:
		return int64(at.Second())
	case DayOfYear:
		return int64(at.YearDay())
	case Weekday:
		return int64(at.Weekday()+6)%7 + 1
	case Trunc:
		return count(truncated(at, Unit(in.Imm)), t)
	}
	return wholeUnits(at, moment(args[1].(int64), t), Unit(in.Imm))
}

func moment(x int64, t Type) time.Time {
	switch t {
	case Date32:
		return time.Unix(x*86400, 0).UTC()
	case TimestampS:
		return time.Unix(x, 0).UTC()
	case TimestampMs:
		return time.UnixMilli(x).UTC()
	case TimestampUs:
		return time.UnixMicro(x).UTC()
	}
	return time.Unix(0, x).UTC()
}

func count(at time.Time, t Type) int64 {
	switch t {
	case Date32:
		y, m, d := at.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
	case TimestampS:
		return at.Unix()
	case TimestampMs:
		return at.UnixMilli()
	case TimestampUs:
		return at.UnixMicro()
	}
	return at.UnixNano()
}

// inRange reports whether a timestamp of nanoseconds can hold at.
func inRange(at time.Time, t Type) bool {
	return t != TimestampNs || at.Year() > 1678 && at.Year() < 2262
}

func truncated(at time.Time, u Unit) time.Time {
	y, m, d := at.Date()
	switch u {
	case Year:
		m, d = 1, 1
	case Quarter:
		m, d = m-(m-1)%3, 1
	case Month:
		d = 1
	case Week:
		d -= (int(at.Weekday()) + 6) % 7
	case Day:
	default:
		length, _ := u.nanoseconds()
		midnight := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		return midnight.Add(at.Sub(midnight) / time.Duration(length) * time.Duration(length))
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func wholeUnits(a, b time.Time, u Unit) int64 {
	if a.Before(b) {
		return -wholeUnits(b, a, u)
	}
	if length, ok := u.nanoseconds(); ok {
		return int64(a.Sub(b)) / length
	}
	step := map[Unit]int{Month: 1, Quarter: 3, Year: 12}[u]
	months := (a.Year()-b.Year())*12 + int(a.Month()-b.Month())
	sinceMonth := func(t time.Time) time.Duration {
		return t.Sub(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC))
	}
	if sinceMonth(a) < sinceMonth(b) {
		months--
	}
	return int64(months / step)
}
