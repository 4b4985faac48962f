package asm

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

func TestIntegers(t *testing.T) {
	for _, l := range Levels()[1:] {
		t.Run(l.String()+"/int64", func(t *testing.T) { testIntegers[int64](t, l) })
		t.Run(l.String()+"/int32", func(t *testing.T) { testIntegers[int32](t, l) })
	}
}

// oneInt is what each function computes of one pair; it does not fit where the
// exact result is another.
func oneInt[T int32 | int64](f IntBinary, x, y T) (result T, fits bool) {
	switch f {
	case IntAdd, IntAddChecked:
		return x + y, (y > 0) == (x+y > x) || y == 0
	case IntSub, IntSubChecked:
		return x - y, (y > 0) == (x-y < x) || y == 0
	case IntMul:
		return x * y, true
	case IntMin:
		return min(x, y), true
	}
	return max(x, y), true
}

func shortIntegers[T int32 | int64]() (s Integers[T]) {
	for f := range IntBinaryCount {
		s.Binary[f] = func(dst, x, y []T) {
			for i := range dst {
				dst[i], _ = oneInt(f, x[i], y[i])
			}
		}
	}
	for f := range IntUnaryCount {
		s.Unary[f] = func(dst, x []T) {
			for i, v := range x {
				dst[i] = -v
				if f == IntAbs || f == IntAbsChecked {
					dst[i] = max(v, -v)
				}
			}
		}
	}
	for f := range CompareCount {
		s.Compare[f] = func(dst []bool, x, y []T) {
			for i := range dst {
				dst[i] = []bool{x[i] == y[i], x[i] != y[i], x[i] < y[i], x[i] <= y[i]}[f]
			}
		}
	}
	return s
}

func testIntegers[T int32 | int64](t *testing.T, l Level) {
	short := shortIntegers[T]()
	v, r := IntegersFor(l, short), rand.New(rand.NewPCG(11, 11))
	low := T(-1) << (8*unsafe.Sizeof(T(0)) - 1)
	for n := range 300 {
		x, y := make([]T, n+3)[n%4:][:n], make([]T, n)
		for i := range x {
			x[i], y[i] = T(r.Uint64()), T(r.Uint64())>>r.IntN(40)
			switch r.IntN(8) {
			case 0:
				x[i] = []T{low, ^low, 0, -1}[r.IntN(4)]
			case 1:
				y[i] = x[i]
			}
		}
		got, want := make([]T, n+1), make([]T, n)
		check := func(what string, f IntBinary) {
			t.Helper()
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%s %d of %d and %d is %d, want %d", what, f, x[i], y[i], got[i], want[i])
				}
			}
			if got[n] != 0 {
				t.Fatalf("%s %d: written behind the result", what, f)
			}
		}
		for f := range IntBinaryCount {
			if v.Binary[f] != nil {
				v.Binary[f](got[:n], x, y)
				short.Binary[f](want, x, y)
				check("binary", f)
			} else if l == AVX512 && f < IntAddChecked || l == AVX2 && f < IntMul {
				t.Fatalf("there is no function %d", f)
			}
			if !v.BinaryRoutine[f].Exists() {
				continue
			}
			flagged, fits := n >= leastPiece && runOne(v.BinaryRoutine[f], got[:n], x, y), true
			for i := range x {
				_, ok := oneInt(f, x[i], y[i])
				fits = fits && ok
			}
			if checked := f == IntAddChecked || f == IntSubChecked; n >= leastPiece && flagged != (checked && !fits) {
				t.Fatalf("binary %d of %d values: flagged %t, fits %t", f, n, flagged, fits)
			}
		}
		for f := range IntNegChecked {
			v.Unary[f](got[:n], x)
			short.Unary[f](want, x)
			check("unary", IntBinary(f))
		}
		for f := range CompareCount {
			a, b := make([]bool, n), make([]bool, n)
			v.Compare[f](a, x, y)
			short.Compare[f](b, x, y)
			for i := range a {
				if a[i] != b[i] {
					t.Fatalf("%d %v %d is %t", x[i], f, y[i], a[i])
				}
			}
		}
	}
}

// runOne runs a routine of two operands as a chain.
func runOne[T int32 | int64](r Routine, dst, x, y []T) (flagged bool) {
	c := Chain{Piece: leastPiece}
	k := c.Add(r)
	for i, v := range [][]T{dst, x, y} {
		c.Set(k, i, Operand{Base: unsafe.Pointer(&v[0]), Stride: int(unsafe.Sizeof(v[0]))})
	}
	return c.Run(1, len(dst))
}
