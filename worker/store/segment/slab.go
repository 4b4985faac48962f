package segment

import (
	"math/bits"

	"github.com/ashlar-go/ashlar/worker/store/extent"
)

// Requests that are not worth an extent come from slabs: extents that are cut into
// places of one size, whole pages, which are given and freed one by one. A slab
// whose places are all free is a kept extent like others.
const (
	// slabSize is how large a slab is; it has no more places than a word has bits.
	slabSize = 4 * Smallest
	// Places are multiples of step, up to fine, and of two of these beyond.
	step = Least
	fine = 32 << 10
	// slabClasses is how many sizes there are.
	slabClasses = fine/step + (Smallest-fine)/(2*step)
)

// slabClass returns which size a request gets of so many bytes, at least Least and
// at most Smallest, and how large that is.
func slabClass(size int) (class int, bytes int64) {
	if size <= fine {
		n := (size + step - 1) / step
		return n - 1, int64(n * step)
	}
	n := (size - fine + 2*step - 1) / (2 * step)
	return fine/step + n - 1, int64(fine + n*2*step)
}

// A slab is one of them.
type slab struct {
	extent.Extent
	bytes     int64  // of each place
	free, all uint64 // places, by bit
	class     int
	listed    int // where it stands among those of its class with free places
}

// slabs are those of an arena, whose lock guards them.
type slabs struct {
	some [slabClasses][]*slab // that have free places
	of   map[int64]*slab      // by page
}

// placed returns size bytes of a slab, or nil if there is no room for one.
func (a *Arena) placed(size int) []byte {
	class, bytes := slabClass(size)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil
	}
	some := a.slabs.some[class]
	if len(some) == 0 {
		e, _, ok := a.extent(slabSize)
		if !ok {
			return nil
		}
		some = a.slabs.add(e, class, bytes)
	}
	s := some[len(some)-1]
	at := s.At + int64(bits.TrailingZeros64(s.free))*bytes
	if s.free &= s.free - 1; s.free == 0 {
		a.slabs.unlist(s)
	}
	return a.memory[at : at+int64(size) : at+bytes]
}

// vacate takes a place back, if at is one. The caller holds the lock.
func (a *Arena) vacate(at int64) bool {
	s := a.slabs.of[at/page]
	if s == nil {
		return false
	}
	if s.free == 0 {
		a.slabs.list(s)
	}
	if s.free |= 1 << ((at - s.At) / s.bytes); s.free == s.all {
		a.slabs.remove(s)
		a.retire(s.Extent)
	}
	return true
}

// add makes a slab of an extent, and returns those of its class with free places.
func (t *slabs) add(e extent.Extent, class int, bytes int64) []*slab {
	s := &slab{Extent: e, bytes: bytes, all: 1<<(slabSize/bytes) - 1, class: class}
	s.free = s.all
	if t.of == nil {
		t.of = map[int64]*slab{}
	}
	for at := e.At; at < e.At+e.Size; at += page {
		t.of[at/page] = s
	}
	t.list(s)
	return t.some[class]
}

func (t *slabs) remove(s *slab) {
	for at := s.At; at < s.At+s.Size; at += page {
		delete(t.of, at/page)
	}
	t.unlist(s)
}

func (t *slabs) list(s *slab) {
	s.listed = len(t.some[s.class])
	t.some[s.class] = append(t.some[s.class], s)
}

func (t *slabs) unlist(s *slab) {
	some := t.some[s.class]
	last := len(some) - 1
	some[s.listed] = some[last]
	some[s.listed].listed = s.listed
	some[last] = nil
	t.some[s.class] = some[:last]
}
