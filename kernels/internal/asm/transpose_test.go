package asm

import (
	"math/rand/v2"
	"testing"
)

func TestTranspose(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			testTranspose[uint32](t, l)
			testTranspose[uint64](t, l)
		})
	}
}

func testTranspose[E uint32 | uint64](t *testing.T, l Level) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 400 {
		rows, columns := 1+r.IntN(40), 1+r.IntN(40)
		from, to := columns+r.IntN(3), rows+r.IntN(3)
		src, dst := make([]E, (rows-1)*from+columns), make([]E, (columns-1)*to+rows)
		for i := range src {
			src[i] = E(r.Uint64() | 1)
		}
		Transpose(l, rows, columns, dst, to, src, from)
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
