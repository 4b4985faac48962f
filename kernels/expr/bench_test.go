package expr

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/kernels"
)

// sqrt(x)*2 + y: three instructions, 24 bytes of memory an element.
func BenchmarkBlocks(b *testing.B) {
	e := NewBuilder()
	x, y := e.Input(Float64), e.Input(Float64)
	twice := must(e.Apply(Mul, must(e.Apply(Sqrt, x)), e.Float(2)))
	p := must(e.Program(must(e.Apply(Add, twice, y))))
	const n = 1 << 20
	in := []*kernels.Block{must(kernels.FromSlice(make([]float64, n), 1024, n/1024)), nil}
	for name, second := range map[string]*kernels.Block{
		"dense":      must(kernels.FromSlice(make([]float64, n), 1024, n/1024)),
		"row":        must(kernels.FromSlice(make([]float64, n/1024), n/1024)),
		"column":     must(kernels.FromSlice(make([]float64, 1024), 1024, 1)),
		"transposed": must(must(kernels.FromSlice(make([]float64, n), 1024, n/1024)).Transpose(1, 0)),
	} {
		b.Run(name, func(b *testing.B) {
			in[1] = second
			b.SetBytes(24 * n)
			for b.Loop() {
				out := must(EvalBlocks(kernels.DefaultAllocator(), p, in))
				out[0].Release()
			}
		})
	}
}

// delay > 15 and hour(date) between 6 and 9, over half a million rows.
func BenchmarkColumns(b *testing.B) {
	e := NewBuilder()
	delay, date := e.Input(Int64), e.Input(TimestampUs)
	late := must(e.Apply(Gt, delay, e.Int(15)))
	morning := must(e.Between(must(e.Apply(HourOf, date)), e.Int(6), e.Int(9)))
	p := must(e.Program(must(e.Apply(And, late, morning)), must(e.Apply(Weekday, date))))
	const n = 1 << 19
	delays, dates := array.NewInt64Builder(memory.DefaultAllocator), array.NewTimestampBuilder(memory.DefaultAllocator, &arrow.TimestampType{Unit: arrow.Microsecond})
	for i := range int64(n) {
		delays.Append(i % 100)
		dates.Append(arrow.Timestamp(978307200000000 + i*29_000_000))
	}
	cols := []arrow.Array{delays.NewArray(), dates.NewArray()}
	b.SetBytes(16 * n)
	for b.Loop() {
		releaseAll(must(EvalColumns(memory.DefaultAllocator, p, cols, n)))
	}
}

// BenchmarkLong evaluates expressions over 10⁷ elements, which no cache of a
// core holds.
func BenchmarkLong(b *testing.B) {
	const n = 10_000_000
	for _, t := range []Type{Float64, Float32} {
		dtype := must(DTypeOf(t))
		e := NewBuilder()
		x := e.Input(t)
		in := must(kernels.NewBlock(kernels.DefaultAllocator(), dtype, n))
		for i := range kernels.Payload(in) {
			kernels.Payload(in)[i] = 0x40 // 32.5 or 3.0
		}
		fused := must(e.Apply(Add, must(e.Apply(Mul, must(e.Apply(Sqrt, x)), e.Float(2))), must(e.Apply(Sin, x))))
		for name, r := range map[string]Ref{"exp": must(e.Apply(Exp, x)), "add": must(e.Apply(Add, x, x)), "fused": fused} {
			p := must(e.Program(r))
			b.Run(t.String()+"/"+name, func(b *testing.B) {
				for b.Loop() {
					out := must(EvalBlocks(kernels.DefaultAllocator(), p, []*kernels.Block{in}))
					out[0].Release()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
			})
		}
		in.Release()
	}
}

// BenchmarkPredicate compares a column of float64 that lies in a cache, and casts
// one of integers.
func BenchmarkPredicate(b *testing.B) {
	const n = 1 << 16
	floats, ints := array.NewFloat64Builder(memory.DefaultAllocator), array.NewInt64Builder(memory.DefaultAllocator)
	for i := range int64(n) {
		floats.Append(float64(i % 100))
		ints.Append(i % 100)
	}
	cols := []arrow.Array{floats.NewArray(), ints.NewArray()}
	e := NewBuilder()
	x, y := e.Input(Float64), e.Input(Int64)
	for name, r := range map[string]Ref{
		"more": must(e.Apply(Gt, x, e.Float(15))), "i64-i32": must(e.Cast(y, Int32)), "f64-i64": must(e.Cast(x, Int64)), "i64-f64": must(e.Cast(y, Float64)),
	} {
		p := must(e.Program(r))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				releaseAll(must(EvalColumns(memory.DefaultAllocator, p, cols, n)))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
		})
	}
}
