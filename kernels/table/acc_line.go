package table

import (
	"slices"
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

// take makes room for a summand, and for a count of its rows where some are not
// valid. It returns the lane of integers, or the number of floats among those, and
// the lane of the count, -1 for none. It is not ok where the line is full.
func (l *line) take(s summand) (at, count int, ok bool) {
	before := *l
	if at, count, ok = l.add(s); !ok {
		l.words, l.floats, l.lanes = before.words, before.floats, before.lanes
	}
	return at, count, ok
}

func (l *line) add(s summand) (at, count int, ok bool) {
	if s.add == nil && s.floats == nil {
		at, ok = l.counting(s.valid)
		return at, -1, ok
	}
	if s.least < 0 { // the sum is of distances from the least, in all rows
		if _, ok = l.counting(validity{}); !ok {
			return 0, 0, false
		}
	}
	if count = -1; !s.valid.all() {
		if count, ok = l.counting(s.valid); !ok {
			return 0, 0, false
		}
	}
	if s.floats != nil {
		if len(l.words)+len(l.floats) == mostSlots {
			return 0, 0, false
		}
		l.floats = append(l.floats, s)
		return len(l.floats) - 1, count, true
	}
	at, ok = l.lane(s, uint64(-s.least))
	return at, count, ok
}

// counting returns the lane that counts valid rows; there is one for each validity.
func (l *line) counting(valid validity) (int, bool) {
	for i, lane := range l.lanes {
		if lane.add == nil && lane.valid.same(valid) {
			return i, true
		}
	}
	return l.lane(countToSum(valid, l.rows), 1)
}

// lane finds room for integers, to which each row adds base beside its value.
func (l *line) lane(s summand, base uint64) (int, bool) {
	word := 0
	for word < len(l.words) && l.words[word].used+s.bits > 64 {
		word++
	}
	words := slices.Clone(l.words) // take may want the old ones back
	if word == len(words) {
		if len(words)+len(l.floats) == mostSlots {
			return 0, false
		}
		words = append(words, lineWord{})
	}
	w := &words[word]
	l.lanes = append(l.lanes, lineLane{s, word, w.used})
	if s.add != nil || !s.valid.all() {
		w.lanes = append(slices.Clone(w.lanes), len(l.lanes)-1)
	}
	w.base += base << w.used
	w.used += s.bits
	l.words = words
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
		l.fill(l.stage[i][:n], start, w)
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

// fill makes a word of each row. What is there of a word to which no row adds more
// than the base stays from the beginning.
func (l *line) fill(dst []uint64, start int, w lineWord) {
	set := true
	for _, at := range w.lanes {
		if lane := l.lanes[at]; lane.add != nil {
			lane.add(dst, start, lane.shift, w.base, set)
			set = false
		}
	}
	for _, at := range w.lanes {
		lane := l.lanes[at]
		if lane.add != nil {
			continue
		}
		if set {
			for i := range dst {
				dst[i] = w.base
			}
			set = false
		}
		lane.valid.eachNull(start, len(dst), func(i int) { dst[i] -= 1 << (lane.shift & 63) })
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
		all, _ := l.counting(validity{}) // which take has made
		count := l.lanes[all]
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
	count  int  // the lane that counts what is not null, -1 where all is
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
	var valid *memory.Buffer
	nulls := 0
	if s.count >= 0 {
		counts, seen := make([]int64, groups), make([]uint8, groups)
		s.line.integers(counts, s.count)
		for g, n := range counts {
			if n > 0 {
				seen[g] = 1
			}
		}
		valid, nulls = validBits(s.line.mem, seen)
	}
	return []arrow.Array{newArray(s.result, groups, nulls, valid, b)}, nil
}

func (s *lineSum) release() {
	if s.first {
		s.line.sums.release()
	}
}
