package asm

import (
	"math/rand/v2"
	"testing"
)

// Places and lanes are what one multiplication or shift a row gives, and nothing
// beyond the rows is written.
func TestRows(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 5))
			for n := range 150 {
				for _, set := range []bool{true, false} {
					testRows(t, RowsFor(l), r, n, set)
				}
			}
		})
	}
}

func testRows(t *testing.T, rows Rows, r *rand.Rand, n int, set bool) {
	t.Helper()
	src := make([]int32, n)
	places, lanes := make([]uint32, n+1), make([]uint64, n+1)
	for i := range places {
		places[i], lanes[i] = r.Uint32(), r.Uint64()
	}
	for i := range src {
		src[i] = int32(r.Uint32())
	}
	stride, base, shift, wide := r.Uint32(), r.Uint32(), uint(r.IntN(64)), r.Uint64()
	wantPlaces, wantLanes := append([]uint32(nil), places...), append([]uint64(nil), lanes...)
	for i, v := range src {
		if set {
			wantPlaces[i], wantLanes[i] = 0, 0
		}
		wantPlaces[i] += uint32(v)*stride + base
		wantLanes[i] += uint64(int64(v))<<shift + wide
	}
	rows.Places(places[:n], src, stride, base, set)
	rows.Lanes(lanes[:n], src, shift, wide, set)
	for i := range places {
		if places[i] != wantPlaces[i] || lanes[i] != wantLanes[i] {
			t.Fatalf("n=%d set=%v: row %d is %x and %x, want %x and %x", n, set, i, places[i], lanes[i], wantPlaces[i], wantLanes[i])
		}
	}
}
