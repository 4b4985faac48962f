package source

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// presence says which slots of a page have a value: slot i if bit i%64 of word
// i/64 is set, the bits behind the last one being 0. Where it is nil all have.
type presence []uint64

func (p presence) has(i int) bool { return p == nil || p[i/64]>>(i%64)&1 != 0 }

// count returns how many of n slots have a value.
func (p presence) count(n int) int {
	if p == nil {
		return n
	}
	ones := 0
	for _, w := range p {
		ones += bits.OnesCount64(w)
	}
	return ones
}

// noPresence returns room for n slots, none of which has a value, in the memory
// of buf if that is enough.
func noPresence(n int, buf presence) presence {
	size := (n + 63) / 64
	if cap(buf) < size {
		return make(presence, size)
	}
	clear(buf[:size])
	return buf[:size]
}

// readPresence reads n levels of which 1 is the most, in the memory of buf if that
// is enough. The bits of a packed run are as they are wanted.
func readPresence(b []byte, n int, buf presence) (presence, error) {
	r, err := newRuns(b, 1)
	if err != nil {
		return nil, err
	}
	if err := r.next(); err != nil {
		return nil, err
	}
	if r.packed == nil && r.left >= n && r.value == 1 {
		return nil, nil
	}
	p := noPresence(n, buf)
	for at := 0; at < n; {
		if r.left == 0 {
			if err := r.next(); err != nil {
				return nil, err
			}
			continue
		}
		k := min(r.left, n-at)
		switch {
		case r.packed != nil:
			p.put(at, r.packed, k)
		case r.value == 1:
			p.set(at, k)
		case r.value != 0:
			return nil, fmt.Errorf("a level of %d where 1 is the most", r.value)
		}
		r.left -= k
		at += k
	}
	return p, nil
}

// put sets the first n bits of b, which has a pad behind it, from slot at on.
func (p presence) put(at int, b []byte, n int) {
	for from := 0; from < n; from += 64 {
		w := binary.LittleEndian.Uint64(b[from/8 : from/8+8])
		if left := n - from; left < 64 {
			w &= 1<<left - 1
		}
		p.or(at+from, w)
	}
}

// or sets the bits of w from slot at on.
func (p presence) or(at int, w uint64) {
	p[at/64] |= w << (at % 64)
	if high := w >> (64 - at%64); high != 0 { // shifting by 64 is 0
		p[at/64+1] |= high
	}
}

// set gives n slots from at on a value.
func (p presence) set(at, n int) {
	for n > 0 {
		k := min(n, 64-at%64)
		p[at/64] |= ^uint64(0) >> (64 - k) << (at % 64)
		at, n = at+k, n-k
	}
}

// scatter moves the values at the start of dst to the slots that have one, the
// last one first, and writes zeros to the others. Nothing moves up to the first
// slot without a value.
func scatter[T any](dst []T, there presence, present int) {
	for k := len(there) - 1; k >= 0; k-- {
		lo := 64 * k
		slots, w := dst[lo:min(lo+64, len(dst))], there[k]
		n := bits.OnesCount64(w)
		present -= n
		if present == lo && n == len(slots) {
			return
		}
		scatterWord(slots, dst[present:present+n], w)
	}
}

// scatterWord moves values to the slots of w. Behind where they go nothing is
// left that is still to move.
func scatterWord[T any](slots, values []T, w uint64) {
	end := len(slots)
	for w != 0 {
		top := bits.Len64(w)
		run := bits.LeadingZeros64(^(w << (64 - top)))
		clear(slots[top:end])
		copy(slots[top-run:top], values[len(values)-run:])
		values = values[:len(values)-run]
		end = top - run
		w &= 1<<end - 1
	}
	clear(slots[:end])
}

// stretch moves the ends of texts, behind the first, to the slots that have one.
func stretch(ends []int32, there presence, present int) {
	for i := len(ends) - 1; i > 0; i-- {
		ends[i] = ends[present]
		present -= int(there[(i-1)/64] >> ((i - 1) % 64) & 1)
	}
}
