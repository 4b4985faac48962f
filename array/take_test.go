package array

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// TestTake compares with a loop, however the array is cut.
func TestTake(t *testing.T) {
	const rows, columns = 12, 10
	xs := make([]float64, rows*columns)
	for i := range xs {
		xs[i] = float64(i)
	}
	rng := rand.New(rand.NewPCG(6, 6))
	for _, chunk := range [][]int{{12, 10}, {5, 3}, {1, 1}, {12, 4}} {
		a := FromSlice(xs, []int{rows, columns}, ChunkShape(chunk...))
		for _, n := range []int{0, 1, 7, 30} {
			at := make([]int, n)
			for i := range at {
				at[i] = rng.IntN(2*columns) - columns
			}
			var byRow, byColumn []float64
			for r := range rows {
				for _, k := range at {
					byColumn = append(byColumn, xs[r*columns+(k+columns)%columns])
				}
			}
			for _, k := range at {
				byRow = append(byRow, xs[(k+rows)%rows*columns:][:columns]...)
			}
			if got := values(t, a.Take(1, at)); fmt.Sprint(got) != fmt.Sprint(byColumn) {
				t.Fatalf("columns %v in chunks %v are %v", at, chunk, got)
			}
			if got := values(t, a.Take(-2, at)); fmt.Sprint(got) != fmt.Sprint(byRow) {
				t.Fatalf("rows %v in chunks %v are %v", at, chunk, got)
			}
			checkPut(t, a, xs, columns, at)
		}
	}
}

// checkPut puts other values at columns, of which the last counts.
func checkPut(t *testing.T, a *Array, xs []float64, columns int, at []int) {
	t.Helper()
	rows := len(xs) / columns
	others, want := make([]float64, rows*len(at)), append([]float64{}, xs...)
	for i := range others {
		others[i] = float64(-i - 1)
		want[i/len(at)*columns+(at[i%len(at)]+columns)%columns] = others[i]
	}
	v := FromSlice(others, []int{rows, len(at)}, ChunkShape(4, 3))
	if got := values(t, a.Put(1, at, v)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("with columns %v replaced, chunks %v: %v, want %v", at, a.Chunks(), got, want)
	}
}

func TestCompress(t *testing.T) {
	a := Arange(0, 6, 1, ChunkShape(2), DType(kernels.Int32))
	for _, c := range []struct{ mask, want string }{{"101101", "[0 2 3 5]"}, {"000000", "[]"}, {"111111", "[0 1 2 3 4 5]"}, {"000010", "[4]"}} {
		keep := make([]bool, 6)
		for i := range keep {
			keep[i] = c.mask[i] == '1'
		}
		if got := fmt.Sprint(values(t, a.Compress(0, keep))); got != c.want {
			t.Errorf("of mask %s: %s", c.mask, got)
		}
	}
}

func TestTakeMistakes(t *testing.T) {
	a := Zeros([]int{4, 3}, ChunkShape(2, 3))
	for want, bad := range map[string]*Array{
		"axis 2":                         a.Take(2, nil),
		"position 4 (entry 1)":           a.Take(0, []int{0, 4}),
		"position -5":                    a.Put(0, []int{-5}, Zeros([]int{1, 3})),
		"a mask of 3 entries":            a.Compress(0, make([]bool, 3)),
		"values are [2 3] of float64":    a.Put(0, []int{1}, Zeros([]int{2, 3})),
		"want [1 3] of float64":          a.Put(0, []int{1}, Zeros([]int{1, 3}, DType(kernels.Int32))),
		"position 0 (entry 0) of axis 0": Zeros([]int{0, 3}).Take(0, []int{0}),
	} {
		if bad.Err() == nil || !strings.Contains(bad.Err().Error(), want) {
			t.Errorf("want %q, got %v", want, bad.Err())
		}
	}
}
