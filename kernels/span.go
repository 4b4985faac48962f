package kernels

// span is a run of positions: lo up to, not including, hi.
type span struct{ lo, hi int }

func (s span) len() int { return s.hi - s.lo }

// spans cuts n positions into runs of the given size; the last may be shorter.
func spans(n, size int) []span {
	var out []span
	for lo := 0; lo < n; lo += size {
		out = append(out, span{lo, min(lo+size, n)})
	}
	return out
}
