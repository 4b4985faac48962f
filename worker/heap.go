package worker

// A heap is a binary heap of elements that say which comes first.
type heap[E ranked[E]] []E

// ranked is what a heap can hold.
type ranked[E any] interface{ before(E) bool }

func (h *heap[E]) push(e E) {
	*h = append(*h, e)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if !s[i].before(s[up]) {
			return
		}
		s[i], s[up] = s[up], s[i]
		i = up
	}
}

func (h *heap[E]) pop() E {
	s := *h
	top, n := s[0], len(s)-1
	s[0] = s[n]
	var zero E
	s[n] = zero
	s = s[:n]
	*h = s
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			return top
		}
		if c+1 < n && s[c+1].before(s[c]) {
			c++
		}
		if !s[c].before(s[i]) {
			return top
		}
		s[i], s[c] = s[c], s[i]
		i = c
	}
}
