package extent

import (
	"cmp"
	"slices"
)

// An Extent is a part of a file, in bytes.
type Extent struct{ At, Size int64 }

// End returns where e ends.
func (e Extent) End() int64 { return e.At + e.Size }

// A List is free extents by offset. No two touch: those that would are one.
type List []Extent

// Add makes e free. It must not overlap what is.
func (l *List) Add(e Extent) {
	if e.Size == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(*l, e, func(a, b Extent) int { return cmp.Compare(a.At, b.At) })
	*l = slices.Insert(*l, i, e)
	l.join(i)
	if i > 0 {
		l.join(i - 1)
	}
}

// join makes extents i and i+1 one if they touch.
func (l *List) join(i int) {
	s := *l
	if i+1 < len(s) && s[i].End() == s[i+1].At {
		s[i].Size += s[i+1].Size
		*l = slices.Delete(s, i+1, i+2)
	}
}

// Take takes size bytes, which is more than 0, from the start of the extent that is the closest
// fit. ok is false if there is none.
func (l *List) Take(size int64) (e Extent, ok bool) {
	s, best := *l, -1
	for i, x := range s {
		if x.Size >= size && (best < 0 || x.Size < s[best].Size) {
			best = i
		}
	}
	if best < 0 {
		return Extent{}, false
	}
	e = Extent{s[best].At, size}
	s[best].At += size
	if s[best].Size -= size; s[best].Size == 0 {
		*l = slices.Delete(s, best, best+1)
	}
	return e, true
}

// Cut removes the last extent if it ends at end, and returns where it began;
// otherwise end.
func (l *List) Cut(end int64) int64 {
	s := *l
	if n := len(s); n > 0 && s[n-1].End() == end {
		end = s[n-1].At
		*l = s[:n-1]
	}
	return end
}
