package wire

import "encoding/binary"

const (
	// rowFrames is how many frames are read at once beyond the one under way.
	rowFrames = 15
	// fullFrame is what gRPC puts into a frame where there is more.
	fullFrame = 16 << 10
)

// A row is frames that were read at once, with a value's memory for their contents.
// How long the frames of a message are is foreseen, as gRPC cuts it; where that was
// wrong, what came is put in order again, and read as ever. The memory beyond what
// has come is written to later in any case.
type row struct {
	heads [rowFrames + 1][frameHeaderSize]byte // as they come
	sizes []int                                // of the contents that are foreseen; after each but the first a head
	came  []int                                // how much of the contents is there, by frame
	next  int                                  // which of came is handed on
	given int                                  // how much of that and its head
	rest  []byte                               // what was in a wrong place
}

// foresee appends where frames are to be put that follow n bytes of what l wants.
func (r *row) foresee(into [][]byte, l *landing, n int) [][]byte {
	r.sizes = r.sizes[:0]
	sink, left := l.sink[0][n:], l.left-n
	for range rowFrames {
		size := min(fullFrame, left)
		if size == 0 || size > len(sink) {
			break
		}
		into = append(into, r.heads[len(r.sizes)][:], sink[:size])
		r.sizes = append(r.sizes, size)
		sink, left = sink[size:], left-size
	}
	return append(into, r.heads[len(r.sizes)][:])
}

// take follows the coming of n bytes more than the frame under way has. The caller
// holds the lock of l.
func (r *row) take(s *dataSocket, l *landing, n int) {
	r.came, r.next, r.given = r.came[:0], 0, 0
	for i, size := range r.sizes {
		head := r.heads[i][:min(n, frameHeaderSize)]
		if len(head) < frameHeaderSize || !s.track.follows(head, size) {
			r.reorder(s, i, n)
			return
		}
		n -= len(head)
		s.track.passed(head)
		k := min(n, size)
		n -= k
		l.came(k)
		s.track.came(k)
		r.came = append(r.came, k)
		if k < size {
			return
		}
	}
	s.ahead = r.heads[len(r.sizes)][:n]
}

// reorder makes the n bytes from the head of frame i on what is read next.
func (r *row) reorder(s *dataSocket, i, n int) {
	r.rest = r.rest[:0]
	for _, p := range s.into[1+2*i:] {
		k := min(n, len(p))
		r.rest = append(r.rest, p[:k]...)
		n -= k
	}
	s.ahead = r.rest
}

// read hands on what there is, of contents only that they are there.
func (r *row) read(p []byte) int {
	if r.next == len(r.came) {
		return 0
	}
	n := 0
	if r.given < frameHeaderSize {
		n = copy(p, r.heads[r.next][r.given:])
	} else {
		n = min(len(p), frameHeaderSize+r.came[r.next]-r.given)
	}
	if r.given += n; r.given == frameHeaderSize+r.came[r.next] {
		r.next, r.given = r.next+1, 0
	}
	return n
}

// follows reports whether head is that of a frame of size bytes of data of the
// stream of the last one.
func (t *track) follows(head []byte, size int) bool {
	return int(head[0])<<16|int(head[1])<<8|int(head[2]) == size && head[3] == frameData && head[4] == 0 &&
		binary.BigEndian.Uint32(head[5:])&^(1<<31) == t.stream
}
