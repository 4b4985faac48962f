package devicetest

import (
	"math"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// compute runs a program and returns n elements of its result.
func compute[T any](b *bench, e *device.Elementwise, n int) []T {
	b.t.Helper()
	table := put(b, e.Table())
	dst := b.alloc(n * e.Out.Size())
	defer b.free(table, dst)
	b.launch(e.Launch(dst, table))
	return get[T](b, dst, n)
}

var awkward = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, 2.5, -2.5, 3, -7, 1e-300, -1e300, 5e-324, math.Pi, 1 << 53, 0.1,
	math.Inf(1), math.Inf(-1), math.NaN(),
}

// definitions say what each operation is; tolerance is relative.
var definitions = []struct {
	op        device.Op
	f         func(a, b, c float64) float64
	tolerance float64
}{
	{device.OpMove, func(a, _, _ float64) float64 { return a }, 0},
	{device.OpTruth, func(a, _, _ float64) float64 { return truth(a != 0) }, 0},
	{device.OpAdd, func(a, b, _ float64) float64 { return a + b }, 0},
	{device.OpSub, func(a, b, _ float64) float64 { return a - b }, 0},
	{device.OpMul, func(a, b, _ float64) float64 { return a * b }, 0},
	{device.OpDiv, func(a, b, _ float64) float64 { return a / b }, 0},
	{device.OpMin, func(a, b, _ float64) float64 { return min(a, b) }, 0},
	{device.OpMax, func(a, b, _ float64) float64 { return max(a, b) }, 0},
	{device.OpPow, func(a, b, _ float64) float64 { return powOf(a, b) }, 1e-13},
	{device.OpNeg, func(a, _, _ float64) float64 { return -a }, 0},
	{device.OpAbs, func(a, _, _ float64) float64 { return math.Abs(a) }, 0},
	{device.OpSqrt, func(a, _, _ float64) float64 { return math.Sqrt(a) }, 0},
	{device.OpExp, func(a, _, _ float64) float64 { return math.Exp(a) }, 1e-14},
	{device.OpExpm1, func(a, _, _ float64) float64 { return math.Expm1(a) }, 1e-14},
	{device.OpLog, func(a, _, _ float64) float64 { return logOf(a) }, 1e-14},
	{device.OpLog1p, func(a, _, _ float64) float64 { return math.Log1p(a) }, 1e-14},
	{device.OpSin, func(a, _, _ float64) float64 { return math.Sin(a) }, 1e-13},
	{device.OpCos, func(a, _, _ float64) float64 { return math.Cos(a) }, 1e-13},
	{device.OpTan, func(a, _, _ float64) float64 { return math.Tan(a) }, 1e-13},
	{device.OpTanh, func(a, _, _ float64) float64 { return math.Tanh(a) }, 1e-14},
	{device.OpFloor, func(a, _, _ float64) float64 { return math.Floor(a) }, 0},
	{device.OpCeil, func(a, _, _ float64) float64 { return math.Ceil(a) }, 0},
	{device.OpRound, func(a, _, _ float64) float64 { return math.RoundToEven(a) }, 0},
	{device.OpFMA, math.FMA, 0},
	{device.OpIsNaN, func(a, _, _ float64) float64 { return truth(a != a) }, 0},
	{device.OpEq, func(a, b, _ float64) float64 { return truth(a == b) }, 0},
	{device.OpNe, func(a, b, _ float64) float64 { return truth(a != b) }, 0},
	{device.OpLt, func(a, b, _ float64) float64 { return truth(a < b) }, 0},
	{device.OpLe, func(a, b, _ float64) float64 { return truth(a <= b) }, 0},
	{device.OpGt, func(a, b, _ float64) float64 { return truth(a > b) }, 0},
	{device.OpGe, func(a, b, _ float64) float64 { return truth(a >= b) }, 0},
	{device.OpAnd, func(a, b, _ float64) float64 { return truth(a != 0 && b != 0) }, 0},
	{device.OpOr, func(a, b, _ float64) float64 { return truth(a != 0 || b != 0) }, 0},
	{device.OpXor, func(a, b, _ float64) float64 { return truth((a != 0) != (b != 0)) }, 0},
	{device.OpNot, func(a, _, _ float64) float64 { return truth(a == 0) }, 0},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// logOf is the logarithm without math.Log where that of amd64 is wrong, which is
// for denormal numbers.
func logOf(a float64) float64 {
	if a == 5e-324 {
		return -1074 * math.Ln2
	}
	return math.Log(a)
}

func powOf(a, b float64) float64 {
	if a == 5e-324 && math.Abs(b) < 3 {
		return math.Exp2(-1074 * b)
	}
	return math.Pow(a, b)
}

// testOperations applies every operation to all pairs and to triples of
// awkward numbers.
func testOperations(b *bench) {
	n := len(awkward)
	var x, y, z []float64
	for i, p := range awkward {
		for j, q := range awkward {
			x, y, z = append(x, p), append(y, q), append(z, awkward[(i*7+j*3)%n])
		}
	}
	ops := map[device.Op]bool{}
	for _, d := range definitions {
		ops[d.op] = true
		got := apply3(b, d.op, x, y, z)
		for i := range got {
			if want := d.f(x[i], y[i], z[i]); !close(got[i], want, d.tolerance) {
				b.t.Errorf("operation %d of %v, %v, %v is %v, not %v", d.op, x[i], y[i], z[i], got[i], want)
			}
		}
	}
	testDivisions(b, x, y)
	testChoice(b, x, y, z)
}

// testDivisions checks what makes floor division and modulo: quotient and
// remainder belong together and the remainder has the sign of the divisor.
func testDivisions(b *bench, x, y []float64) {
	q, r := apply3(b, device.OpFloorDiv, x, y, y), apply3(b, device.OpMod, x, y, y)
	for i := range x {
		u, v := x[i], y[i]
		switch {
		case v == 0 || u != u || v != v || math.IsInf(u, 0):
			if v == 0 && (!close(q[i], u/v, 0) || r[i] == r[i]) {
				b.t.Errorf("%v divided by %v is %v rest %v", u, v, q[i], r[i])
			}
		case r[i] != 0 && (r[i] < 0) != (v < 0), math.Abs(r[i]) > math.Abs(v), q[i] != math.Floor(q[i]):
			b.t.Errorf("%v divided by %v is %v rest %v", u, v, q[i], r[i])
		case math.Abs(u) < 1e6 && math.Abs(v) > 1e-6 && math.Abs(v) < 1e6 && math.Abs(q[i]*v+r[i]-u) > 1e-9:
			b.t.Errorf("%v divided by %v is %v rest %v", u, v, q[i], r[i])
		}
	}
}

func testChoice(b *bench, x, y, z []float64) {
	for i, v := range x { // a condition is 0 or 1
		x[i] = truth(v > 0.7)
	}
	got := apply3(b, device.OpWhere, x, y, z)
	for i := range got {
		want := z[i]
		if x[i] != 0 {
			want = y[i]
		}
		if !close(got[i], want, 0) {
			b.t.Errorf("where %v, %v, %v is %v", x[i], y[i], z[i], got[i])
		}
	}
	sign := apply3(b, device.OpSign, awkward, awkward, awkward)
	for i, v := range awkward {
		want := v
		if v != 0 && v == v {
			want = math.Copysign(1, v)
		}
		if !close(sign[i], want, 0) {
			b.t.Errorf("sign of %v is %v", v, sign[i])
		}
	}
}

// apply3 applies one operation to three vectors.
func apply3(b *bench, op device.Op, x, y, z []float64) []float64 {
	ins := []device.Ptr{put(b, x), put(b, y), put(b, z)}
	defer b.free(ins...)
	e := &device.Elementwise{Shape: []int64{int64(len(x))}, Out: device.Float64, Result: 3}
	for i, p := range ins {
		e.Operands = append(e.Operands, device.Operand{At: p, Type: device.Float64, Strides: []int64{1}})
		e.Code = append(e.Code, device.Instr{Op: device.OpLoad, Dst: uint8(i), Imm: uint64(i)})
	}
	e.Code = append(e.Code, device.Instr{Op: op, Dst: 3, A: 0, B: 1, C: 2})
	return compute[float64](b, e, len(x))
}

// close reports whether two numbers are equal, NaN and the sign of zero
// included, or their relative difference is small.
func close(got, want, tolerance float64) bool {
	if got != got || want != want {
		return got != got && want != want
	}
	if got == want {
		return math.Signbit(got) == math.Signbit(want)
	}
	return math.Abs(got-want) <= tolerance*math.Abs(want)
}

// testRegisters sums as many values as there are registers.
func testRegisters(b *bench) {
	e := &device.Elementwise{Shape: []int64{3}, Out: device.Float64}
	want := 0.0
	for i := range device.MaxRegisters {
		v := float64(i) + 0.25
		e.Code = append(e.Code, device.Instr{Op: device.OpConst, Dst: uint8(i), Imm: math.Float64bits(v)})
		want += v
	}
	for i := 1; i < device.MaxRegisters; i++ {
		e.Code = append(e.Code, device.Instr{Op: device.OpAdd, Dst: 0, A: 0, B: uint8(i)})
	}
	if got := compute[float64](b, e, 3); !slices.Equal(got, []float64{want, want, want}) {
		b.t.Fatalf("sum over all registers is %v, not %v", got, want)
	}
}
