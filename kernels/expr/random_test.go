package expr

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

var allTypes = []Type{Bool, Uint8, Int32, Int64, Float32, Float64, String, Date32, TimestampS, TimestampMs, TimestampUs, TimestampNs}

// oracleOps are what the naive evaluator knows for every type.
var oracleOps = []Op{Add, Sub, Mul, Div, FloorDiv, Mod, Min, Max, Pow, Neg, Abs, Sign, Sqrt, Exp, Log, Tanh,
	Floor, Ceil, Round, IsNaN, Eq, Ne, Lt, Le, Gt, Ge, And, Or, Xor, Not, Where, IsNull, Coalesce,
	Contains, StartsWith, EndsWith, Lower, Upper, Length, Concat, Replace, Bytes, SplitPart,
	YearOf, MonthOf, DayOf, HourOf, MinuteOf, SecondOf, Weekday, DayOfYear, Trunc, Diff}

// drawProgram grows a program over random inputs by applying random operations
// to random values; what does not type-check is dropped.
func drawProgram(t *rapid.T) *Program {
	b := NewBuilder()
	var refs []Ref
	for range rapid.IntRange(1, 4).Draw(t, "inputs") {
		refs = append(refs, b.Input(rapid.SampledFrom(allTypes).Draw(t, "input")))
	}
	refs = append(refs, b.Int(rapid.Int64Range(-3, 300).Draw(t, "int")), b.Float(2.5), b.Str("ab"), b.Null(Float64))
	pick := func() Ref { return rapid.SampledFrom(refs).Draw(t, "operand") }
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		op := rapid.SampledFrom(oracleOps).Draw(t, "op")
		for range 6 { // until some operands suit
			if r, err := drawStep(t, b, op, pick); err == nil {
				refs = append(refs, r)
				break
			}
		}
	}
	outputs := []Ref{refs[len(refs)-1]}
	for range rapid.IntRange(0, 2).Draw(t, "more outputs") {
		outputs = append(outputs, pick())
	}
	p, err := b.Program(outputs...)
	if err != nil {
		t.Fatalf("builder made an invalid program: %v", err)
	}
	return p
}

func drawStep(t *rapid.T, b *Builder, op Op, pick func() Ref) (Ref, error) {
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		to := rapid.SampledFrom([]Type{Bool, Uint8, Int32, Int64, Float32, Float64}).Draw(t, "to")
		x := pick()
		if from := b.Type(x); from == String || from.Temporal() {
			return x, nil
		}
		return b.Cast(x, to)
	case 1:
		x := pick()
		if b.Type(x) == Bool || b.Type(x).Temporal() {
			return x, nil
		}
		return b.Apply(IsIn, x, b.Str("ab"), b.Str("c"))
	}
	n := opInfo[op].arity
	if n == variadic {
		n = rapid.IntRange(1, 3).Draw(t, "arity")
	}
	args := make([]Ref, n)
	for i := range args {
		args[i] = pick()
	}
	imm := int64(0)
	if op == Trunc || op == Diff {
		imm = rapid.Int64Range(0, int64(unitCount)-1).Draw(t, "unit")
	}
	r, err := b.ApplyImm(op, imm, args...)
	if err == nil && (op == FloorDiv || op == Mod) && b.Type(r).Float() {
		return args[0], nil // has a table of cases of its own
	}
	return r, err
}

// drawValues returns n values of type t, about a fifth of them null if nulls.
func drawValues(t *rapid.T, typ Type, n int, nulls bool) []value {
	var some []value // drawn once, then dealt: rows are many
	for range 8 {
		some = append(some, drawValue(t, typ))
	}
	if nulls {
		some = append(some, nil, nil)
	}
	seed := rapid.Uint64().Draw(t, "deal")
	out := make([]value, n)
	for i := range out {
		seed = seed*6364136223846793005 + 1442695040888963407
		out[i] = some[seed>>33%uint64(len(some))]
	}
	return out
}

func drawValue(t *rapid.T, typ Type) value {
	small := rapid.Int64Range(-5, 5).Draw(t, "small")
	switch typ {
	case Bool:
		return small > 0
	case Uint8:
		return int64(rapid.Uint8().Draw(t, "uint8"))
	case Int32:
		return rapid.SampledFrom([]int64{small, small, small + 9, -small, small * 1000, small * 7, small << 8, math.MinInt32, math.MaxInt32}).Draw(t, "int32")
	case Int64:
		return rapid.SampledFrom([]int64{small, small, small + 9, -small, small * 1000, small * 7, small << 40, math.MinInt64, math.MaxInt64}).Draw(t, "int64")
	case Float32:
		return float64(rapid.SampledFrom([]float32{float32(small) / 4, 1e30, float32(math.NaN()), float32(math.Inf(-1))}).Draw(t, "float32"))
	case Float64:
		return rapid.SampledFrom([]float64{float64(small) / 3, 1e300, math.NaN(), math.Inf(1), 0, math.Copysign(0, -1)}).Draw(t, "float64")
	case String:
		return rapid.SampledFrom([]string{"", "ab", "xABy", "Größe", "c", "日本"}).Draw(t, "string")
	case Date32:
		return rapid.Int64Range(-20000, 20000).Draw(t, "date")
	}
	seconds := rapid.Int64Range(-20000*secondsPerDay, 20000*secondsPerDay).Draw(t, "seconds")
	return seconds*typ.perSecond() + rapid.Int64Range(0, typ.perSecond()-1).Draw(t, "fraction")
}

// arrowOf makes a column of values after `skip` rows that a slice cuts off.
func arrowOf(mem memory.Allocator, typ arrow.DataType, values []value, skip int) arrow.Array {
	b := array.NewBuilder(mem, typ)
	defer b.Release()
	for range skip {
		b.AppendNull()
	}
	for _, v := range values {
		appendValue(b, v)
	}
	whole := b.NewArray()
	defer whole.Release()
	return array.NewSlice(whole, int64(skip), int64(whole.Len()))
}

func appendValue(b array.Builder, v value) {
	if v == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(v.(bool))
	case *array.Uint8Builder:
		b.Append(uint8(v.(int64)))
	case *array.Int32Builder:
		b.Append(int32(v.(int64)))
	case *array.Int64Builder:
		b.Append(v.(int64))
	case *array.Float32Builder:
		b.Append(float32(v.(float64)))
	case *array.Float64Builder:
		b.Append(v.(float64))
	case *array.Date32Builder:
		b.Append(arrow.Date32(v.(int64)))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v.(int64)))
	case *array.StringBuilder:
		b.Append(v.(string))
	case *array.LargeStringBuilder:
		b.Append(v.(string))
	case *array.BinaryDictionaryBuilder:
		if err := b.AppendString(v.(string)); err != nil {
			panic(err)
		}
	default:
		panic("no such builder")
	}
}

// valueAt reads a column as the naive evaluator speaks.
func valueAt(col arrow.Array, i int) value {
	if col.IsNull(i) {
		return nil
	}
	switch col := col.(type) {
	case *array.Boolean:
		return col.Value(i)
	case *array.Uint8:
		return int64(col.Value(i))
	case *array.Int32:
		return int64(col.Value(i))
	case *array.Int64:
		return col.Value(i)
	case *array.Float32:
		return float64(col.Value(i))
	case *array.Float64:
		return col.Value(i)
	case *array.Date32:
		return int64(col.Value(i))
	case *array.Timestamp:
		return int64(col.Value(i))
	case *array.String:
		return col.Value(i)
	case *array.LargeString:
		return col.Value(i)
	case *array.Dictionary:
		return valueAt(col.Dictionary(), col.GetValueIndex(i))
	}
	panic("no such column")
}

// same compares values; NaN is NaN, and a zero has its sign.
func same(a, b value) bool {
	x, isFloat := a.(float64)
	y, both := b.(float64)
	if isFloat && both {
		return math.IsNaN(x) && math.IsNaN(y) || math.Float64bits(x) == math.Float64bits(y)
	}
	return a == b
}
