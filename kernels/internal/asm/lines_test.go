package asm

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestLines compares each level with the portable code, in small integers, so
// that order does not show, on memory that ends with the operands.
func TestLines(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String()+"/float64", func(t *testing.T) { testLines(t, LinesFor[float64](l), LinesFor[float64](Portable)) })
		t.Run(l.String()+"/float32", func(t *testing.T) { testLines(t, LinesFor[float32](l), LinesFor[float32](Portable)) })
	}
}

func testLines[T Float](t *testing.T, got, want *Lines[T]) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := 1; n < 150; n++ {
		groups, lda := 1+r.IntN(3), n+r.IntN(3)
		rows := 4 * groups
		a, x, y := fill[T](r, (rows-1)*lda+n), fill[T](r, max(n, rows)), fill[T](r, max(n, rows))
		for name, f := range map[string]func(l *Lines[T], y []T) T{
			"axpy": func(l *Lines[T], y []T) T { l.Axpy(n, 3, &x[0], &y[0]); return 0 },
			"scal": func(l *Lines[T], y []T) T { l.Scal(n, -2, &y[0]); return 0 },
			"dot":  func(l *Lines[T], y []T) T { return l.Dot(n, &x[0], &y[0]) },
			"asum": func(l *Lines[T], _ []T) T { return l.Asum(n, &x[0]) },
			"rowsTimes": func(l *Lines[T], y []T) T {
				l.RowsTimes(n, groups, 2, &a[0], lda, &x[0], &y[0])
				return 0
			},
			"timesRows": func(l *Lines[T], y []T) T {
				l.TimesRows(n, groups, 2, &a[0], lda, &x[0], &y[0])
				return 0
			},
		} {
			p, q := slices.Clone(y), slices.Clone(y)
			u, v := f(got, p), f(want, q)
			if u != v || !slices.Equal(p, q) {
				t.Fatalf("%s of %d, %d groups: %v %v, want %v %v", name, n, groups, u, p, v, q)
			}
		}
	}
}
