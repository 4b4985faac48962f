package wire

import (
	"fmt"
	"hash/crc32"
	"sort"
)

// A value may travel in chunks: parts of its payload, each with its number, so
// that several connections bring them in whatever order they can. It does so if
// it is large enough for that, or if checksums or packing are asked for.
//
// A chunk is its number, counted from 1; how it is packed; with checksums, that of
// its bytes before packing; packed, its length; and its bytes. 0 follows the last
// chunk of a stream.
//
// chunkSize is the size of every chunk but the last.
const chunkSize = 1 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// memories are pieces of memory that are one payload, end to end.
type memories struct {
	of  [][]byte
	end []int // of each in the payload
}

func newMemories(of [][]byte) memories {
	m := memories{of: of, end: make([]int, len(of))}
	n := 0
	for i, p := range of {
		n += len(p)
		m.end[i] = n
	}
	return m
}

func (m memories) size() int {
	if len(m.end) == 0 {
		return 0
	}
	return m.end[len(m.end)-1]
}

// chunks is how many chunks the payload has.
func (m memories) chunks() int { return (m.size() + chunkSize - 1) / chunkSize }

// chunk appends the pieces of a chunk, counted from 0, to ps.
func (m memories) chunk(number int, ps [][]byte) [][]byte {
	at := number * chunkSize
	end := min(at+chunkSize, m.size())
	for i := sort.SearchInts(m.end, at+1); at < end; i++ {
		p := m.of[i]
		from := len(p) - (m.end[i] - at)
		n := min(len(p)-from, end-at)
		if n > 0 {
			ps = append(ps, p[from:from+n:from+n])
		}
		at += n
	}
	return ps
}

func total(ps [][]byte) (n int) {
	for _, p := range ps {
		n += len(p)
	}
	return n
}

func checksum(ps [][]byte) (sum uint32) {
	for _, p := range ps {
		sum = crc32.Update(sum, castagnoli, p)
	}
	return sum
}

// wants is how a reader would like values to come.
type wants struct {
	sides bool    // large values beside gRPC: see side.go
	sums  bool    // checksums
	pack  Packing // if that is faster than
	link  int     // bytes a second, as measured; 0: not known, so nothing is packed
	token uint64  // what the answer is to begin with
}

// maxStreams bounds the connections for one value.
const maxStreams = 16

func (q wants) append(b []byte) []byte {
	flags := uint64(q.pack) << 2
	if q.sums {
		flags |= 1
	}
	if q.sides {
		flags |= 2
	}
	return appendNumber(appendNumber(appendNumber(b, flags), uint64(q.link)), q.token)
}

func (r *metaReader) wants() (q wants) {
	flags := r.number("flags", 1<<8-1)
	q.sums, q.sides, q.pack = flags&1 != 0, flags&2 != 0, Packing(flags>>2)
	if q.pack > Zstd {
		r.fail("packing %d", q.pack)
	}
	q.link = r.number("bandwidth", 1<<50)
	q.token = r.number64("token")
	return q
}

// chunked reports whether a value is to come in chunks.
func (q wants) chunked(payload int) bool {
	return payload > 0 && (q.sums || q.packs() || q.beside(payload))
}

// beside reports whether a value is to come beside gRPC.
func (q wants) beside(payload int) bool { return q.sides && payload >= sideFrom }

func (q wants) packs() bool { return q.pack != Unpacked && q.link > 0 }

// damaged is what is wrong with a chunk whose checksum is another.
func damaged(number int, want, got uint32) error {
	return fmt.Errorf("%w: the checksum of chunk %d is %08x, the holder's was %08x", ErrDamaged, number, got, want)
}
