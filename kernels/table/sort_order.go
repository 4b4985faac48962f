package table

import (
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// An ordering sorts rows by their words: by radix by the uppermost bits of the
// first word, as many as tell most rows apart, and what these leave equal by
// comparing. An item is 32 bits of the word and the row; rows are in order
// from the start, and so is what is equal.
type ordering struct {
	words [][]uint64
	items []uint64
	spare []uint64
}

// orderRows returns the rows in the order of their words, stably.
func orderRows(mem memory.Allocator, words [][]uint64, rows int) scratch {
	out := newScratch(mem, rows)
	if len(words) == 0 {
		for i := range out.rows {
			out.rows[i] = uint32(i)
		}
		return out
	}
	a, b := sized(mem, 8*rows), sized(mem, 8*rows)
	defer a.Release()
	defer b.Release()
	o := &ordering{words: words, items: viewed[uint64](a), spare: viewed[uint64](b)}
	o.sort()
	for i, item := range o.items {
		out.rows[i] = uint32(item)
	}
	return out
}

// digit is the most bits that one pass of the radix sort looks at: as many
// places to write to as the first-level cache keeps.
const digit = 11

func (o *ordering) sort() {
	var seen uint64
	for _, w := range o.words[0] {
		seen |= w
	}
	width := bits.Len64(seen)
	shift := max(0, width-32)
	for i, w := range o.words[0] {
		o.items[i] = w>>shift<<32 | uint64(i)
	}
	width = min(width, 32)
	look := min(width, bits.Len(uint(len(o.items)))+3)
	passes := (look + digit - 1) / digit
	for p := range passes {
		lo, hi := p*look/passes, (p+1)*look/passes
		o.pass(uint(32+width-look+lo), uint(hi-lo))
	}
	if look < width || shift > 0 || len(o.words) > 1 {
		o.finish(uint(32 + width - look))
	}
}

// pass moves the items into the order of so many bits, stably.
func (o *ordering) pass(shift, width uint) {
	var counts [1 << digit]uint32
	mask := uint64(1)<<width - 1
	for _, item := range o.items {
		counts[item>>shift&mask&(1<<digit-1)]++
	}
	at := uint32(0)
	for v, n := range counts[:mask+1] {
		if int(n) == len(o.items) {
			return // all are equal in these bits
		}
		counts[v] = at
		at += n
	}
	to := o.spare
	for _, item := range o.items {
		place := &counts[item>>shift&mask&(1<<digit-1)]
		to[*place] = item
		*place++
	}
	o.items, o.spare = o.spare, o.items
}

// shortRun is how many items at most are sorted by insertion.
const shortRun = 24

// finish sorts the runs of items that are equal from bit shift on.
func (o *ordering) finish(shift uint) {
	items := o.items
	for from := 0; from < len(items); {
		to := from + 1
		for head := items[from] >> shift; to < len(items) && items[to]>>shift == head; to++ {
		}
		switch run := items[from:to]; {
		case len(run) == 1:
		case len(run) <= shortRun:
			o.insert(run)
		default:
			o.sortRun(run)
		}
		from = to
	}
}

// insert sorts few items, whose rows are in order.
func (o *ordering) insert(run []uint64) {
	for i := 1; i < len(run); i++ {
		item, k := run[i], i
		for ; k > 0 && o.after(run[k-1], item); k-- {
			run[k] = run[k-1]
		}
		run[k] = item
	}
}

// after says whether a belongs behind b, by the bits in the items if these tell.
func (o *ordering) after(a, b uint64) bool {
	if a>>32 != b>>32 {
		return a > b
	}
	return compareRows(o.words, uint32(a), uint32(b)) > 0
}

// sortRun sorts many, by radix on all words.
func (o *ordering) sortRun(run []uint64) {
	inOrder := true
	for i := 1; i < len(run) && inOrder; i++ {
		inOrder = compareRows(o.words, uint32(run[i-1]), uint32(run[i])) <= 0
	}
	if inOrder {
		return
	}
	rows := make([]uint32, len(run))
	for i, item := range run {
		rows[i] = uint32(item)
	}
	for i, row := range radixSort(o.words, rows) {
		run[i] = run[i]&^(1<<32-1) | uint64(row)
	}
}
