package extent

import (
	"testing"

	"pgregory.net/rapid"
)

// TestList compares a list with a map of bytes.
func TestList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const size = 64
		var free [size + 1]bool
		var l List
		l.Add(Extent{0, size})
		for i := range size {
			free[i] = true
		}
		var given []Extent
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(given) > 0 && rapid.Bool().Draw(t, "add") {
				k := rapid.IntRange(0, len(given)-1).Draw(t, "which")
				e := given[k]
				given = append(given[:k], given[k+1:]...)
				l.Add(e)
				for i := e.At; i < e.End(); i++ {
					free[i] = true
				}
			} else if e, ok := l.Take(int64(rapid.IntRange(1, 9).Draw(t, "size"))); ok {
				given = append(given, e)
				for i := e.At; i < e.End(); i++ {
					if !free[i] {
						t.Fatalf("byte %d is given twice", i)
					}
					free[i] = false
				}
			}
			check(t, l, free[:])
		}
		if end := l.Cut(size); end < size && !free[size-1] || end == size && free[size-1] {
			t.Fatalf("cut to %d", end)
		}
	})
}

// check compares l with runs of free bytes.
func check(t *rapid.T, l List, free []bool) {
	k := 0
	for i := 0; i < len(free); i++ {
		if !free[i] {
			continue
		}
		from := i
		for free[i] {
			i++
		}
		if k == len(l) || l[k] != (Extent{int64(from), int64(i - from)}) {
			t.Fatalf("bytes %d to %d are free, the list is %v", from, i, l)
		}
		k++
	}
	if k != len(l) {
		t.Fatalf("%d runs are free, the list is %v", k, l)
	}
}
