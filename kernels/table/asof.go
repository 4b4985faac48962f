package table

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Asof is BuildAsof and Probe in one.
func Asof(mem memory.Allocator, left, right *kernels.Table, spec AsofSpec) (*kernels.Table, error) {
	if _, err := spec.Schema(left.Schema(), right.Schema()); err != nil {
		return nil, err
	}
	b, err := BuildAsof(mem, right, spec)
	if err != nil {
		return nil, err
	}
	defer b.Release()
	return b.Probe(mem, left)
}

// AsofAll is Asof of the rows of all left tables with those of all right ones.
func AsofAll(mem memory.Allocator, lefts, rights []*kernels.Table, spec AsofSpec) (*kernels.Table, error) {
	left, err := Concat(mem, withRows(lefts)...)
	if err != nil {
		return nil, err
	}
	defer left.Release()
	right, err := Concat(mem, withRows(rights)...)
	if err != nil {
		return nil, err
	}
	defer right.Release()
	return Asof(mem, left, right, spec)
}

// BuiltAsof is the right side of an asof join, made once and probed by any number
// of left tables, also at the same time. Its rows lie group by group (one for
// each by-key), in each in the order of time.
type BuiltAsof struct {
	spec   AsofSpec
	table  *kernels.Table
	index  keyIndex // nil without by-keys
	starts []uint32 // group g is starts[g] to starts[g+1] of
	rows   []uint32
	times  []uint64 // of rows, as words whose order is that of the times
}

// BuildAsof prepares t to be the right side of spec, and retains it. Its rows need
// no order. Errors are those of [AsofSpec.Schema] about the right side.
func BuildAsof(mem memory.Allocator, t *kernels.Table, spec AsofSpec) (*BuiltAsof, error) {
	col, by, err := spec.columns("asof join, right side", t, spec.Right, spec.RightBy)
	if err != nil {
		return nil, err
	}
	b := &BuiltAsof{spec: spec, table: t}
	ids := make([]uint32, t.NumRows())
	groups := 1
	if len(by) > 0 {
		b.index = newKeyIndex(mem, by, ids)
		groups = b.index.size()
	}
	counted := wordScratch{mem: mem}
	defer counted.release()
	words := orderOf(&counted, col)
	dropTimeless(ids, words, col)
	b.starts, b.rows = groupRows(ids, groups)
	if !b.inOrder(words) {
		order := orderRows(mem, byGroup(ids, groups, words), t.NumRows())
		copy(b.rows, order.rows) // rows of no group come last
		order.release()
	}
	b.times = make([]uint64, len(b.rows))
	for i, row := range b.rows {
		b.times[i] = words[row]
	}
	t.Retain()
	return b, nil
}

// columns returns the column of time and the by-keys of one side.
func (s AsofSpec) columns(side string, t *kernels.Table, time string, by []string) (arrow.Array, []arrow.Array, error) {
	if _, err := timeField(side, t.Schema(), time); err != nil {
		return nil, nil, err
	}
	keys, err := keyColumns(side, t, by)
	if err != nil {
		return nil, nil, err
	}
	at, _ := t.ColumnIndex(time)
	return t.Column(at), keys, nil
}

// dropTimeless takes the rows out of their groups that have no time.
func dropTimeless(ids []uint32, words []uint64, col arrow.Array) {
	validityOf(col).eachNull(0, len(ids), func(i int) { ids[i] = noCode })
	if arrow.IsFloating(col.DataType().ID()) {
		for i, w := range words {
			if w == math.MaxUint64 { // NaN
				ids[i] = noCode
			}
		}
	}
}

// inOrder says whether the rows of each group are in the order of time.
func (b *BuiltAsof) inOrder(words []uint64) bool {
	for g := 1; g < len(b.starts); g++ {
		rows := b.rows[b.starts[g-1]:b.starts[g]]
		for i := 1; i < len(rows); i++ {
			if words[rows[i-1]] > words[rows[i]] {
				return false
			}
		}
	}
	return true
}

// byGroup returns words that order by groups, then by time, with rows of no group
// last: one word of both where they fit.
func byGroup(ids []uint32, groups int, words []uint64) [][]uint64 {
	least, most := uint64(math.MaxUint64), uint64(0)
	for i, w := range words {
		if ids[i] != noCode {
			least, most = min(least, w), max(most, w)
		}
	}
	width := bits.Len64(most - least)
	if least > most || width+bits.Len(uint(groups)) > 64 {
		first := make([]uint64, len(ids))
		for i, id := range ids {
			first[i] = uint64(min(id, uint32(groups)))
		}
		return [][]uint64{first, words}
	}
	both := make([]uint64, len(ids))
	for i, id := range ids {
		if both[i] = uint64(groups) << width; id != noCode {
			both[i] = uint64(id)<<width | (words[i] - least)
		}
	}
	return [][]uint64{both}
}

// Release drops the reference to the table. b must not be used afterwards.
func (b *BuiltAsof) Release() {
	if b.index != nil {
		b.index.release()
	}
	b.table.Release()
}

// Probe joins left to the built side. The result has left's rows in order, and
// shares their memory. Errors are those of [AsofSpec.Schema], or as in Take.
func (b *BuiltAsof) Probe(mem memory.Allocator, left *kernels.Table) (*kernels.Table, error) {
	schema, err := b.spec.Schema(left.Schema(), b.table.Schema())
	if err != nil {
		return nil, err
	}
	col, by, err := b.spec.columns("asof join, left side", left, b.spec.Left, b.spec.LeftBy)
	if err != nil {
		return nil, err
	}
	partners := newScratch(mem, left.NumRows())
	defer partners.release()
	b.partners(mem, partners.rows, col, by)
	cols := make([]arrow.Array, 0, schema.NumFields())
	defer func() { releaseAll(cols) }()
	for _, c := range left.Record().Columns() {
		c.Retain()
		cols = append(cols, c)
	}
	right := newPicking(mem, partners.rows, true)
	defer right.release()
	for _, at := range b.spec.rightColumns(b.table.Schema()) {
		picked, err := right.column(b.table.Column(at))
		if err != nil {
			return nil, fmt.Errorf("%w (column %q)", err, b.table.Schema().Field(at).Name)
		}
		cols = append(cols, picked)
	}
	return kernels.NewTable(schema, cols, left.NumRows())
}

// partners writes the right row of each left one, or noRow.
func (b *BuiltAsof) partners(mem memory.Allocator, out []uint32, col arrow.Array, by []arrow.Array) {
	ids := out // each is read before it is written
	clear(ids)
	if b.index != nil {
		find := b.index.lookup(by)
		for start := 0; start < len(ids); start += batchSize {
			find(ids[start:min(start+batchSize, len(ids))], start)
		}
	}
	counted := wordScratch{mem: mem}
	defer counted.release()
	words := orderOf(&counted, col)
	dropTimeless(ids, words, col)
	seek := seeker{built: b, cursors: slices.Clone(b.starts), floats: arrow.IsFloating(col.DataType().ID())}
	for i, id := range ids {
		out[i] = noRow
		if id != noCode {
			out[i] = seek.partner(id, words[i])
		}
	}
}

// A seeker finds partners. Of each group it knows where it was last: times that
// come in order are found from there.
type seeker struct {
	built   *BuiltAsof
	cursors []uint32
	floats  bool
}

// partner returns the right row for a time of group g.
func (s *seeker) partner(g uint32, time uint64) uint32 {
	b := s.built
	first, end := b.starts[g], b.starts[g+1]
	from := s.cursors[g]
	if from > first && b.times[from-1] >= time {
		from = first
	}
	at := from + earlier(b.times[from:end], time) // the first at time or after
	after := end                                  // the first after time
	if time < math.MaxUint64 {
		after = at + earlier(b.times[at:end], time+1)
	}
	s.cursors[g] = at
	if b.spec.Strict {
		at, after = after, at
	}
	backward := after > first && b.spec.Strategy != Forward
	forward := at < end && b.spec.Strategy != Backward
	if backward && forward {
		backward = s.distance(b.times[after-1], time) <= s.distance(time, b.times[at])
	}
	switch {
	case backward && s.near(b.times[after-1], time):
		return b.rows[after-1]
	case !backward && forward && s.near(time, b.times[at]):
		return b.rows[at]
	}
	return noRow
}

// earlier counts the times before a time, near the start of a list first.
func earlier(times []uint64, time uint64) uint32 {
	lo, hi := 0, 1
	for hi <= len(times) && times[hi-1] < time {
		lo, hi = hi, 2*hi
	}
	hi = min(hi, len(times))
	for lo < hi {
		middle := int(uint(lo+hi) / 2)
		if times[middle] < time {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return uint32(lo)
}

// distance is how far it is from one time to a later one, as a number whose
// order is that of distances.
func (s *seeker) distance(from, to uint64) uint64 {
	if !s.floats || from == to {
		return to - from
	}
	return math.Float64bits(floatOfOrder(to) - floatOfOrder(from))
}

// floatOfOrder undoes floatOrders, but for NaN.
func floatOfOrder(w uint64) float64 {
	if w>>63 == 0 {
		return math.Float64frombits(^w)
	}
	return math.Float64frombits(w ^ 1<<63)
}

// near says whether two times are within what the spec allows.
func (s *seeker) near(from, to uint64) bool {
	limit := s.built.spec.Within
	switch {
	case !limit.Limited:
		return true
	case s.floats:
		return s.distance(from, to) <= math.Float64bits(limit.Float+0)
	}
	return to-from <= limit.Int
}
