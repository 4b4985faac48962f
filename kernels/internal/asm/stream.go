package asm

import "unsafe"

// Stream copies to memory that will not be read soon, past the caches: what is
// written line by line need not be read first, which is a third of the traffic
// of reading one vector and writing another. All goroutines see the copies once
// [Stream.End] has returned.
type Stream struct {
	lines func(lines int, dst, src *byte)
	fence func()
}

// StreamFor returns the stream of a level that the machine has. That of
// Portable is copy.
func StreamFor(l Level) Stream {
	lines, fence := streamFor(l)
	return Stream{lines, fence}
}

// line is the unit of caches.
const line = 64

// Copy copies src to dst, which are of one length. Only a dst that begins on a
// line is streamed, and of it whole lines.
func (s Stream) Copy(dst, src []byte) {
	n := len(dst) / line
	if s.lines == nil || n == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(dst)))%line != 0 {
		copy(dst, src)
		return
	}
	src = src[:len(dst)]
	for from := 0; from < n; from += stretch {
		s.lines(min(stretch, n-from), &dst[from*line], &src[from*line])
	}
	copy(dst[n*line:], src[n*line:])
}

// End makes all that was copied visible before anything that follows.
func (s Stream) End() {
	if s.fence != nil {
		s.fence()
	}
}
