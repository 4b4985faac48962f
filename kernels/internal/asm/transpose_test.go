package asm

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

func TestTranspose(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			testTranspose[uint32](t, l)
			testTranspose[uint64](t, l)
		})
	}
}

// onLine returns n values of which the first begins a line.
func onLine[E any](n int) []E {
	x := make([]E, n+line)
	for uintptr(unsafe.Pointer(&x[0]))%line != 0 {
		x = x[1:]
	}
	return x[:n]
}

func testTranspose[E uint32 | uint64](t *testing.T, l Level) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 400 {
		rows, columns := 1+r.IntN(40), 1+r.IntN(40)
		from, to := columns+r.IntN(3), rows+r.IntN(3)
		past := r.IntN(2) == 1
		if past { // whole lines, for those that write them past the caches
			to = (rows + 15) / 16 * 16
		}
		src, dst := make([]E, (rows-1)*from+columns), onLine[E]((columns-1)*to+rows)
		for i := range src {
			src[i] = E(r.Uint64() | 1)
		}
		Transpose(l, rows, columns, dst, to, src, from, past)
		for k, v := range dst {
			var want E // between the rows nothing is written
			if i, j := k%to, k/to; i < rows {
				want = src[i*from+j]
			}
			if v != want {
				t.Fatalf("%d×%d, steps %d and %d: element %d is %d, want %d", rows, columns, from, to, k, v, want)
			}
		}
	}
}
