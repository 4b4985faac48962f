package table

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A line is what several sums and counts have of one group, side by side: one
// place in the cache to go to for a row, and integers of few values together in
// one word, so that they are added at once. A lane of a word counts from the
// least of its column, so nothing in it is negative, and as many bits wide as
// the sum of all rows is, so that it never runs into the next.
type line struct {
	mem    memory.Allocator
	rows   int
	words  []lineWord
	floats []summand
	counts int // the lane that counts rows, -1 for none
	lanes  []lineLane

	log  uint // of the slots of a group: words, then floats
	sums vector[uint64]

	stage [mostSlots][batchSize]uint64 // what is added to each slot for the rows of a batch
}

// mostSlots is how many slots a line has at most: half of what the cache moves.
const mostSlots = 4

// A lineWord is a slot of integers.
type lineWord struct {
	base  uint64 // what every row adds beside its values
	lanes []int
	used  uint // bits
}

// A lineLane is the place of one sum of integers.
type lineLane struct {
	summand
	word  int
	shift uint
}

// take makes room for a summand: for one of integers it returns its lane, for one
// of floats its number among those. It is not ok where the line is full.
func (l *line) take(s summand) (at int, ok bool) {
	full := len(l.words)+len(l.floats) == mostSlots
	switch {
	case s.floats != nil && full:
		return 0, false
	case s.floats != nil:
		l.floats = append(l.floats, s)
		return len(l.floats) - 1, true
	}
	if s.least < 0 && l.counts < 0 {
		if l.counts, ok = l.take(countToSum(l.rows)); !ok {
			l.counts = -1
			return 0, false
		}
		full = len(l.words)+len(l.floats) == mostSlots
	}
	word := 0
	for word < len(l.words) && l.words[word].used+s.bits > 64 {
		word++
	}
	if word == len(l.words) {
		if full {
			return 0, false
		}
		l.words = append(l.words, lineWord{})
	}
	w := &l.words[word]
	l.lanes = append(l.lanes, lineLane{s, word, w.used})
	if s.add == nil {
		l.counts = len(l.lanes) - 1
		w.base += 1 << w.used
	} else {
		w.lanes = append(w.lanes, len(l.lanes)-1)
		w.base += uint64(-s.least) << w.used
	}
	w.used += s.bits
	return len(l.lanes) - 1, true
}

// begin makes the line ready for rows, once all is taken.
func (l *line) begin() {
	for 1<<l.log < len(l.words)+len(l.floats) {
		l.log++
	}
	l.sums = newVector[uint64](l.mem)
	for i, w := range l.words {
		for k := range l.stage[i] {
			l.stage[i][k] = w.base // which stays where there is nothing but a count
		}
	}
}

func (l *line) grow(groups int) { l.sums.grow(groups << l.log) }

func (l *line) update(ids []uint32, start int) {
	n := len(ids)
	for i, w := range l.words {
		for k, lane := range w.lanes {
			l.lanes[lane].add(l.stage[i][:n], start, l.lanes[lane].shift, w.base, k == 0)
		}
	}
	var floats [mostSlots][]float64
	for i, f := range l.floats {
		dst := (*[batchSize]float64)(unsafe.Pointer(&l.stage[len(l.words)+i]))
		floats[i] = f.floats(dst[:n], start)
	}
	base := unsafe.Pointer(unsafe.SliceData(l.sums.data))
	slots := len(l.words) + len(l.floats)
	for at := 0; at < slots; at += 2 {
		to, size := unsafe.Add(base, 8*at), l.log+3
		switch f := at - len(l.words); {
		case f+1 < 0:
			addTwo(to, size, ids, l.stage[at][:n], l.stage[at+1][:n])
		case f == -1 && at+1 < slots:
			addTwo(to, size, ids, l.stage[at][:n], floats[0])
		case f == -1:
			addOne(to, size, ids, l.stage[at][:n])
		case at+1 < slots:
			addTwo(to, size, ids, floats[f], floats[f+1])
		default:
			addOne(to, size, ids, floats[f])
		}
	}
}

// addTwo adds to two neighbouring slots of each row's group. What belongs to a
// group is 1<<size bytes.
func addTwo[A, B uint64 | float64](base unsafe.Pointer, size uint, ids []uint32, a []A, b []B) {
	type slots struct {
		a A
		b B
	}
	a, b = a[:len(ids)], b[:len(ids)]
	for i, id := range ids {
		to := (*slots)(unsafe.Add(base, uintptr(id)<<(size&63)))
		to.a += a[i]
		to.b += b[i]
	}
}

func addOne[A uint64 | float64](base unsafe.Pointer, size uint, ids []uint32, a []A) {
	a = a[:len(ids)]
	for i, id := range ids {
		*(*A)(unsafe.Add(base, uintptr(id)<<(size&63))) += a[i]
	}
}

// integers writes the sums of a lane.
func (l *line) integers(into []int64, lane int) {
	at := l.lanes[lane]
	mask := uint64(1)<<at.bits - 1
	for g := range into {
		into[g] = int64(l.sums.data[g<<l.log+at.word] >> at.shift & mask)
	}
	if at.least < 0 {
		count := l.lanes[l.counts]
		mask := uint64(1)<<count.bits - 1
		for g := range into {
			into[g] += at.least * int64(l.sums.data[g<<l.log+count.word]>>count.shift&mask)
		}
	}
}

// A lineSum is an accumulator whose work a line does: the first of a line has it
// done.
type lineSum struct {
	line   *line
	first  bool
	at     int
	floats bool // at is of floats, not of a lane
	result arrow.DataType
}

func (s *lineSum) grow(groups int) {
	if s.first {
		s.line.grow(groups)
	}
}

func (s *lineSum) update(ids []uint32, start int) error {
	if s.first {
		s.line.update(ids, start)
	}
	return nil
}

func (s *lineSum) finish(groups int) ([]arrow.Array, error) {
	b := sized(s.line.mem, 8*groups)
	switch into := viewed[int64](b); {
	case s.floats:
		slot := len(s.line.words) + s.at
		for g := range into {
			into[g] = int64(s.line.sums.data[g<<s.line.log+slot])
		}
	case s.result.ID() == arrow.FLOAT64:
		s.line.integers(into, s.at)
		for g, out := 0, viewed[float64](b); g < groups; g++ {
			out[g] = float64(into[g])
		}
	default:
		s.line.integers(into, s.at)
	}
	return []arrow.Array{newArray(s.result, groups, 0, nil, b)}, nil
}

func (s *lineSum) release() {
	if s.first {
		s.line.sums.release()
	}
}
